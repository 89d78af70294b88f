import { stringify } from 'yaml';
import { isolated, pageShell, pageTable } from '../page/page-shell.js';
import { escapeHtml } from '../page/escape-html.js';
import type { RunReport } from './read-run-report.js';
import { runFigures } from './run-figures.js';
import { groupMarkup, ownershipLegend, sampleStyle } from './sample-markup.js';

const style = `
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 31rem), 1fr)); gap: 1rem; }
figure { margin: 0; } figure svg { max-width: 100%; height: auto; border: 1px solid var(--line); }
figcaption { color: var(--faint); }
${sampleStyle}`;

/** A run as one page that needs nothing else. Texts of passages and models are data: all of them are escaped. */
export function runReportPage(report: RunReport): string {
  const { name, manifest, steps, events, moreEvents, checkpoints, samples } = report;
  const body = `<h1>Run ${isolated(name)}</h1>
<p class="faint">strategy ${isolated(manifest.strategy)}, seed ${manifest.seed}; ${steps.done} of ${steps.planned} steps${steps.done < steps.planned ? ' (not finished)' : ''};
begun ${escapeHtml(manifest.createdAt.slice(0, 16).replace('T', ' '))} UTC; checkpoints after steps ${checkpoints.length === 0 ? 'none' : checkpoints.join(', ')}.</p>
<h2>Held-out questions</h2>
${heldOut(report)}
<h2>Curves</h2>
<div class="figures">${runFigures(report)
    .map(({ svg, caption }) => `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`)
    .join('\n')}</div>
<h2>Events</h2>
${
  events.length === 0
    ? '<p>Nothing beside the steps.</p>'
    : pageTable(
        ['after step', 'what', ''],
        events.map(({ step, kind, message }) => [String(step), isolated(kind), isolated(message)]),
      )
}
${moreEvents > 0 ? `<p class="faint">${moreEvents} earlier ones are in events.jsonl.</p>` : ''}
<h2>Sample trajectories</h2>
${samples.length === 0 ? '<p>No trajectories were recorded yet.</p>' : ownershipLegend}
${samples.map(groupMarkup).join('\n')}
<h2>Configuration</h2>
<details><summary>as resolved</summary><pre>${escapeHtml(stringify(report.config))}</pre></details>
<h2>Made of</h2>
${pageTable(
  ['kind', 'plugin', 'version'],
  manifest.plugins.map(({ kind, id, source, version }) => [
    escapeHtml(kind),
    `${isolated(id)} <span class="faint">${isolated(source)}</span>`,
    isolated(version),
  ]),
)}
${pageTable(
  ['data', 'items', 'SHA-256'],
  Object.entries(manifest.data).map(([part, digest]) => [
    escapeHtml(part),
    String(digest.count),
    `<code>${escapeHtml(digest.sha256)}</code>`,
  ]),
)}`;
  return pageShell(`Run ${name}`, body, style);
}

const measures: readonly [string, string, boolean][] = [
  ['eval/exact-match', 'exact match', true],
  ['eval/f1', 'F1', true],
  ['eval/cover-match', 'cover match', true],
  ['eval/gold-retrieved', 'gold retrieved', true],
  ['eval/supporting-recall', 'supporting recall', true],
  ['eval/unanswered', 'unanswered', true],
  ['eval/turns-mean', 'turns', false],
];

function heldOut({ heldOut: measured }: RunReport): string {
  if (measured === null) return '<p>Nothing was measured yet.</p>';
  const { before, after } = measured;
  const rows = measures.flatMap(([key, name, share]) => {
    const [first, last] = [before[key], after[key]];
    if (first === undefined || last === undefined) return [];
    const say = (value: number): string => (share ? `${(100 * value).toFixed(1)}%` : value.toFixed(2));
    return [[name, say(first), say(last)]];
  });
  return pageTable(['', `after step ${before['step'] ?? 0}`, `after step ${after['step'] ?? 0}`], rows);
}
