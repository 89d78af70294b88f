import { isolated, pageShell, pageTable } from '../page/page-shell.js';
import type { MissingRun, RunComparison } from './compare-runs.js';
import type { ComparisonFigure } from './comparison-figures.js';
import { intervalText, percent, pText, signedPercent } from './comparison-text.js';
import type { Conversion } from './near-miss-conversion.js';
import type { PairOfRuns, TestResult } from './paired-tests.js';
import { comparedMeasures, type ComparedMeasure } from './question-tables.js';
import type { ScoreSummary, StrategySummary } from './strategy-summary.js';

const style = `
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; border: 1px solid var(--line); }
figcaption { color: var(--faint); max-width: 44rem; }
`;

const measureNames: Readonly<Record<ComparedMeasure, string>> = {
  exactMatch: 'exact match',
  f1: 'F1',
  coverMatch: 'cover match',
  curveHeight: 'curve height',
};

/**
 * A comparison as one page that needs nothing else: tables, and the figures inside it.
 *
 * @param source What was compared, for the heading.
 */
export function comparisonReport(
  comparison: RunComparison,
  figures: readonly ComparisonFigure[],
  source: string,
): string {
  const {
    summaries,
    pairs,
    budget,
    heldOutQuestions,
    allTrajectories,
    threshold,
    missing,
    seeds,
    resamples,
    createdAt,
  } = comparison;
  const body = `<h1>Strategies compared</h1>
<p class="faint">${isolated(source)}, ${createdAt.slice(0, 16).replace('T', ' ')} UTC. Each run: ${budget.steps} steps of
${budget.questionsPerStep} questions x ${budget.groupSize} trajectories, at most ${budget.maxTurns} turns.
${heldOutQuestions} held-out questions, the same for all; seeds ${seeds.join(', ')}.</p>
${missing.length === 0 ? '' : missingList(missing)}
<h2>Held-out scores after training</h2>
<p class="faint">Percent. In brackets: 95% bootstrap interval over questions and seeds (${resamples} resamples of both, drawn
independently). <em>Curve height</em> is the mean exact match over training: who learned faster.</p>
${pageTable(['strategy', 'seeds', 'before', ...comparedMeasures.map((measure) => measureNames[measure]), 'gold retrieved', 'unanswered', 'turns'], summaries.map(scoreRow))}
<h2>Paired differences</h2>
<p class="faint">First minus second in percentage points, on the same questions and seeds. Two sign-flip tests, each corrected
over the pairs (Holm): <em>over questions</em> asks whether these trained policies would differ on other questions,
<em>over seeds</em> whether other trainings would.${smallestText(pairs)}</p>
${pageTable(['strategies', 'measure', 'difference', 'relative', 'p over questions', 'p over seeds', 'seed by seed'], pairs.flatMap(pairRows))}
<h2>Speed and stability</h2>
<p class="faint">Steps: the first measurement (every ${budget.evalEvery} steps) with an exact match of at least
${percent(threshold.exactMatch)}% (${threshold.chosen === 'given' ? 'as asked for' : 'half-way from the start to the best end'}).
Fall: the largest drop of a curve below its own best.</p>
${pageTable(['strategy', 'steps, seed by seed', 'median', 'reached', 'exact match: sd over seeds', 'worst and best seed', 'curve height: sd', 'deepest fall', 'policy tokens', 'seconds'], summaries.map(speedRow))}
<h2>What was learned from</h2>
<p class="faint">Percent of training groups (of trajectories for <em>unanswered</em>) in the first, second and last third of
training. <em>Signal</em>: groups with an advantage other than 0, over all of training.</p>
${pageTable(['strategy', 'signal', 'all-wrong', 'mixed', 'all-correct', 'dead', 'with a near-miss', 'unanswered'], summaries.map(groupRow))}
<h2>Near-misses that were solved later</h2>
<p class="faint">Held-out: wrong before training and right after it; <em>near-missed</em>: the wrong attempt had retrieved a gold
answer. Training: questions asked at least twice whose first group was all-wrong, solved when the last group has a right
trajectory. Counts over all seeds.${allTrajectories ? '' : ' Not every run kept the trajectories of all its steps (<code>training.trajectoriesEvery</code>, <code>training.keepTrajectories</code>): of training questions only the groups that were kept count.'}</p>
${pageTable(['strategy', 'held-out near-missed', 'held-out missed', 'training near-missed', 'training missed'], summaries.map(conversionRow))}
<h2>Figures</h2>
${figures.map(figureMarkup).join('\n')}`;
  return pageShell(`Compared: ${summaries.map(({ strategy }) => strategy).join(', ')}`, body, style);
}

/** How small p over seeds can be at best, on the seeds that two strategies share. */
function smallestText(pairs: readonly PairOfRuns[]): string {
  if (pairs.length === 0) return '';
  const shared = Math.max(...pairs.map(({ seeds }) => seeds.length));
  const smallest = Math.min(...pairs.map(({ measures }) => measures.exactMatch.overSeeds.smallestP));
  return ` With ${shared === 1 ? 'one seed' : `${shared} seeds`} in common no p over seeds can be below ${pText(smallest)} before
correction.`;
}

function figureMarkup({ svg, caption, name }: ComparisonFigure): string {
  return `<figure>${svg}<figcaption>${isolated(caption)} <span class="faint">(figures/${isolated(name)}.svg)</span></figcaption></figure>`;
}

function missingList(missing: readonly MissingRun[]): string {
  const items = missing.map(
    ({ strategy, seed, reason }) => `<li>${isolated(strategy)}, seed ${seed}: ${isolated(reason)}</li>`,
  );
  const count = missing.length === 1 ? '1 run is missing' : `${missing.length} runs are missing`;
  return `<p><strong>${count}:</strong></p><ul>${items.join('')}</ul>`;
}

function scoreRow({ strategy, seeds, before, scores, after }: StrategySummary): string[] {
  const score = ({ mean, interval }: ScoreSummary): string => `${percent(mean)} ${intervalText(interval)}`;
  return [
    isolated(strategy),
    String(seeds.length),
    percent(before.mean),
    ...comparedMeasures.map((measure) => score(scores[measure])),
    percent(after['goldRetrieved']?.mean ?? Number.NaN),
    percent(after['unanswered']?.mean ?? Number.NaN),
    after['turnsMean']?.mean.toFixed(2) ?? '-',
  ];
}

function pairRows({ strategies, measures }: PairOfRuns): string[][] {
  const test = ({ p, holm }: TestResult): string => `${pText(holm)} <span class="faint">(${pText(p)})</span>`;
  return comparedMeasures.map((measure, row) => {
    const { difference, interval, relative, overQuestions, overSeeds, seeds } = measures[measure];
    return [
      row === 0 ? `${isolated(strategies[0])} - ${isolated(strategies[1])}` : '',
      measureNames[measure],
      `${signedPercent(difference)} ${intervalText(interval)}`,
      relative === null ? '-' : `${signedPercent(relative)}%`,
      test(overQuestions),
      test(overSeeds),
      seeds.map(signedPercent).join(', '),
    ];
  });
}

function speedRow({ strategy, stepsToThreshold, scores, deepestFall, effort }: StrategySummary): string[] {
  const { exactMatch, curveHeight } = scores;
  return [
    isolated(strategy),
    stepsToThreshold.seeds.map((step) => step ?? 'never').join(', '),
    String(stepsToThreshold.median ?? 'never'),
    `${stepsToThreshold.reached} of ${stepsToThreshold.seeds.length}`,
    percent(exactMatch.seeds.standardDeviation),
    `${percent(exactMatch.seeds.min)}, ${percent(exactMatch.seeds.max)}`,
    percent(curveHeight.seeds.standardDeviation),
    percent(deepestFall.max),
    Math.round(effort.policyTokens.mean).toLocaleString('en'),
    Math.round(effort.seconds.mean).toLocaleString('en'),
  ];
}

function groupRow({ strategy, signalShare, thirds }: StrategySummary): string[] {
  const keys = ['all-wrong', 'mixed', 'all-correct', 'dead', 'near-miss'].map((name) => `groups/${name}`);
  return [
    isolated(strategy),
    percent(signalShare.mean),
    ...[...keys, 'trajectories/unanswered'].map((key) => thirds[key]?.map(percent).join(' / ') ?? '-'),
  ];
}

function conversionRow({ strategy, nearMissConversion: { heldOut, training } }: StrategySummary): string[] {
  const cell = ({ solved, early }: Conversion): string =>
    early === 0 ? 'none' : `${solved} of ${early} (${percent(solved / early)}%)`;
  return [isolated(strategy), ...[heldOut.nearMissed, heldOut.missed, training.nearMissed, training.missed].map(cell)];
}
