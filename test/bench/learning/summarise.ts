import type { RunToMake } from './run-training.js';

export interface FinishedRun extends RunToMake {
  readonly seconds: number;
  readonly metrics: readonly Record<string, number>[];
}

/** A number over seeds: each value, their mean, and the smallest and largest. */
interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

function spread(values: readonly number[]): Spread {
  const rounded = values.map((value) => Math.round(value * 1e4) / 1e4);
  const mean = Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1e4) / 1e4;
  return { mean, min: Math.min(...rounded), max: Math.max(...rounded), values: rounded };
}

const shares = ['groups/all-wrong', 'groups/mixed', 'groups/near-miss', 'groups/dead', 'trajectories/unanswered'];

/** What one strategy did at one difficulty, over its seeds. */
export function summarise(runs: readonly FinishedRun[]): Record<string, unknown> {
  const sorted = [...runs].sort((left, right) => left.seed - right.seed);
  const evaluated = sorted.map((run) => run.metrics.filter((row) => row['eval/exact-match'] !== undefined));
  const at = (rows: readonly Record<string, number>[], key: string, index: number): number =>
    rows.at(index)?.[key] ?? Number.NaN;
  const curve = (rows: readonly Record<string, number>[]): number[] =>
    rows.map((row) => row['eval/exact-match'] as number);
  const trained = sorted.map((run) => run.metrics.filter((row) => (row['step'] ?? 0) > 0));
  const third = (rows: readonly Record<string, number>[], part: 0 | 1 | 2): readonly Record<string, number>[] =>
    rows.slice(Math.floor((rows.length * part) / 3), Math.floor((rows.length * (part + 1)) / 3));
  const mean = (rows: readonly Record<string, number>[], key: string): number =>
    rows.reduce((sum, row) => sum + (row[key] ?? 0), 0) / rows.length;
  return {
    strategy: sorted[0]?.strategy,
    seeds: sorted.map((run) => run.seed),
    steps: trained[0]?.length,
    exactMatchBefore: spread(evaluated.map((rows) => at(rows, 'eval/exact-match', 0))),
    exactMatchAfter: spread(evaluated.map((rows) => at(rows, 'eval/exact-match', -1))),
    f1After: spread(evaluated.map((rows) => at(rows, 'eval/f1', -1))),
    // The mean height of the curve says who was faster, which the last point alone hides.
    areaUnderCurve: spread(evaluated.map((rows) => curve(rows).reduce((sum, value) => sum + value, 0) / rows.length)),
    unansweredAfter: spread(evaluated.map((rows) => at(rows, 'eval/unanswered', -1))),
    sharesByThirdOfTraining: Object.fromEntries(
      shares.map((key) => [
        key,
        ([0, 1, 2] as const).map(
          (part) =>
            Math.round((trained.reduce((sum, rows) => sum + mean(third(rows, part), key), 0) / trained.length) * 1e4) /
            1e4,
        ),
      ]),
    ),
    seconds: spread(sorted.map((run) => run.seconds)),
  };
}
