import { compositions, type CreditComparison } from './compare-credit.js';
import { percentage } from './comparison-text.js';
import type { CreditDisagreement, PairOfStrategies } from './credit-disagreements.js';
import { escapeHtml } from '../page/escape-html.js';
import { signed } from './explanation-text.js';
import { divergingBar, stackedBar } from '../page/page-bars.js';
import { isolated, pageShell, pageTable } from '../page/page-shell.js';
import type { StrategyCredit } from './strategy-credit.js';

/** Most characters of a turn that are shown; a model may have written thousands. */
const longestText = 1200;

/**
 * A comparison as one page that needs nothing else: no script, no font, no request (its content security policy
 * forbids them), every recorded text escaped.
 *
 * @param source Name of the file that was compared, for the heading
 */
export function comparisonPage(comparison: CreditComparison, source: string): string {
  const { groups, trajectories, turns, tokens, strategies, pairs, oppositeTurns, examples } = comparison;
  const counts = `${groups} groups, ${trajectories} trajectories, ${turns} turns, ${tokens === 0 ? 'no' : tokens} tokens`;
  const names = strategies.map(({ name }) => name);
  return pageShell(
    `Credit: ${names.join(', ')}`,
    `<h1>Credit on the same rollouts</h1>
<p class="faint">${isolated(source)}: ${counts}</p>
<h2>Where there is signal</h2>
<p class="faint">A group, turn or token carries signal when its advantage is not zero.</p>
${pageTable(
  ['strategy', ...compositions.map((name) => `${name} groups`), 'dead groups', 'turns', 'tokens'],
  strategies.map(signalRow),
)}
<h2>Mean |advantage| of each turn</h2>
<p class="faint">In brackets: the scored trajectories that reached the turn.</p>
${magnitudes(strategies)}
<h2>Agreement, turn by turn</h2>
<p class="faint">${key('quiet', 'same sign')}${key('signal', 'first only')}${key('second', 'second only')}${key('against', 'opposite')}</p>
${pageTable(['strategies', 'same', 'first only', 'second only', 'opposite', ''], pairs.map(pairRow))}
<p>${oppositeTurns} of ${turns} turns get opposite signs.</p>
<h2>Seen most differently</h2>
${examples.length === 0 ? '<p>The strategies agree on the sign of every turn.</p>' : examples.map(card).join('\n')}`,
  );
}

function key(tone: string, meaning: string): string {
  return `<span class="key ${tone}"></span>${escapeHtml(meaning)}`;
}

function signalRow({ name, groups, deadGroups, turnShare, tokenShare }: StrategyCredit): string[] {
  const shareCell = (share: number | null): string =>
    share === null ? 'none recorded' : percentage(share) + stackedBar([{ tone: 'signal', share }], percentage(share));
  const groupCells = compositions.map((composition) => {
    const { withSignal, total } = groups[composition];
    const share = total === 0 ? 0 : withSignal / total;
    const text = `${withSignal} of ${total}`;
    return text + stackedBar([{ tone: 'signal', share }], text);
  });
  return [isolated(name), ...groupCells, String(deadGroups), shareCell(turnShare), shareCell(tokenShare)];
}

function magnitudes(strategies: readonly StrategyCredit[]): string {
  const most = Math.max(0, ...strategies.flatMap(({ byTurn }) => byTurn.map(({ meanMagnitude }) => meanMagnitude)));
  const horizon = Math.max(0, ...strategies.map(({ byTurn }) => byTurn.length));
  const headings = ['strategy', ...Array.from({ length: horizon }, (_, turn) => `turn ${turn}`)];
  const rows = strategies.map(({ name, byTurn }) => [
    isolated(name),
    ...byTurn.map(({ meanMagnitude, reached }) => {
      const text = `${meanMagnitude.toFixed(4)} (${reached})`;
      return text + stackedBar([{ tone: 'signal', share: most === 0 ? 0 : meanMagnitude / most }], text);
    }),
  ]);
  return pageTable(headings, rows);
}

function pairRow({ names, same, opposite, onlyFirst, onlySecond }: PairOfStrategies): string[] {
  const total = same + opposite + onlyFirst + onlySecond;
  const share = (count: number): number => (total === 0 ? 0 : count / total);
  const bar = stackedBar(
    [
      { tone: 'quiet', share: share(same) },
      { tone: 'signal', share: share(onlyFirst) },
      { tone: 'second', share: share(onlySecond) },
      { tone: 'against', share: share(opposite) },
    ],
    `${same} same, ${onlyFirst} first only, ${onlySecond} second only, ${opposite} opposite`,
  );
  return [isolated(names.join(' and ')), ...[same, onlyFirst, onlySecond, opposite].map(String), bar];
}

function card({ kind, question, trajectory, turn, action, text, advantages }: CreditDisagreement): string {
  const values = Object.entries(advantages);
  const most = Math.max(...values.map(([, value]) => Math.abs(value)));
  const rows = values.map(([name, value]) => [
    isolated(name),
    signed(value),
    divergingBar(value, most, `${name}: ${signed(value)}`),
  ]);
  const shown = Array.from(text);
  const cut = shown.length > longestText ? `${shown.slice(0, longestText).join('')} ...` : text;
  return `<article>
<p><strong>${isolated(question)}</strong>, trajectory ${isolated(trajectory)}, turn ${turn}
<span class="faint">(${kind === 'opposite' ? 'opposite signs' : 'signal for some only'})</span></p>
<p class="faint">${isolated(action.slice(0, longestText))}</p>
<pre>${isolated(cut)}</pre>
${pageTable(['strategy', 'advantage', ''], rows)}
</article>`;
}
