import { excerpt } from '../text/index.js';
import type { Interval } from '../statistics/index.js';
import type { RunComparison } from './compare-runs.js';
import type { PairOfRuns } from './paired-tests.js';
import type { StrategySummary } from './strategy-summary.js';

/** A comparison for a terminal: one line a strategy, one a pair, and what is missing. */
export function runComparisonText(comparison: RunComparison): string {
  const { summaries, pairs, threshold, missing, heldOutQuestions, budget } = comparison;
  const head = [
    'strategy',
    'seeds',
    'exact match [95% interval]',
    'F1',
    'curve height',
    `steps to ${percent(threshold.exactMatch)}`,
    'unanswered',
    'signal',
  ];
  const strategies = table([head, ...summaries.map(strategyRow)]);
  const tests = table([
    ['exact match', 'difference [95% interval]', 'p over questions', 'p over seeds'],
    ...pairs.map(pairRow),
  ]);
  const lost = missing.map(
    ({ strategy, seed, reason }) => `missing: ${strategy}, seed ${seed}: ${excerpt(reason, 300)}`,
  );
  return [
    `${budget.steps} steps of ${budget.questionsPerStep} x ${budget.groupSize} trajectories; ${heldOutQuestions} held-out questions; percent`,
    '',
    ...strategies,
    ...(pairs.length === 0 ? [] : ['', ...tests, 'p-values after Holm correction over the pairs']),
    ...(lost.length === 0 ? [] : ['', ...lost]),
  ].join('\n');
}

function strategyRow({ strategy, seeds, scores, stepsToThreshold, after, signalShare }: StrategySummary): string[] {
  const { reached, median } = stepsToThreshold;
  return [
    strategy,
    String(seeds.length),
    `${percent(scores.exactMatch.mean)} ${intervalText(scores.exactMatch.interval)}`,
    percent(scores.f1.mean),
    percent(scores.curveHeight.mean),
    median === null ? `${reached} of ${seeds.length} reach it` : String(median),
    percent(after['unanswered']?.mean ?? Number.NaN),
    percent(signalShare.mean),
  ];
}

function pairRow({ strategies, measures }: PairOfRuns): string[] {
  const { difference, interval, overQuestions, overSeeds } = measures.exactMatch;
  return [
    strategies.join(' - '),
    `${signedPercent(difference)} ${intervalText(interval)}`,
    pText(overQuestions.holm),
    pText(overSeeds.holm),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `61.3`, a share in percent. */
export function percent(share: number): string {
  return Number.isFinite(share) ? (100 * share).toFixed(1) : '-';
}

/** `+3.4`, a difference of shares in percentage points. */
export function signedPercent(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}

/** `[58.0, 64.1]` */
export function intervalText({ low, high }: Interval): string {
  return `[${percent(low)}, ${percent(high)}]`;
}

/** A p-value with the digits that mean something. */
export function pText(p: number): string {
  if (!Number.isFinite(p)) return '-';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}
