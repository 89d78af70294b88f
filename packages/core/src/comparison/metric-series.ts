import type { FinishedRun } from './finished-run.js';

/** A metric over training, over the runs of a strategy. Steps at which no run recorded it are left out. */
export interface MetricSeries {
  readonly steps: readonly number[];
  readonly mean: readonly number[];
  /** Smallest and largest over the runs. */
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** Metrics whose course a comparison keeps. */
export const seriesKeys = [
  'eval/exact-match',
  'eval/f1',
  'eval/cover-match',
  'eval/gold-retrieved',
  'eval/supporting-recall',
  'eval/unanswered',
  'eval/turns-mean',
  'eval/invalid-rate',
  'reward/outcome-mean',
  'groups/all-wrong',
  'groups/mixed',
  'groups/all-correct',
  'groups/dead',
  'groups/near-miss',
  'groups/all-wrong-near-miss',
  'trajectories/near-miss',
  'trajectories/unanswered',
  'rollout/turns-mean',
  'rollout/search-rate',
  'rollout/invalid-rate',
  'update/entropy',
  'update/kl',
  'update/gradient-norm',
] as const;
export type SeriesKey = (typeof seriesKeys)[number];

/** Mean and range of a metric at each step at which some run recorded it. */
export function metricSeries(runs: readonly Pick<FinishedRun, 'metrics'>[], key: string): MetricSeries {
  const byStep = new Map<number, number[]>();
  for (const row of runs.flatMap(({ metrics }) => metrics)) {
    const value = row[key];
    const step = row['step'];
    if (typeof value !== 'number' || step === undefined) continue;
    byStep.set(step, [...(byStep.get(step) ?? []), value]);
  }
  const entries = [...byStep].sort(([left], [right]) => left - right);
  return {
    steps: entries.map(([step]) => step),
    mean: entries.map(([, values]) => values.reduce((sum, value) => sum + value, 0) / values.length),
    min: entries.map(([, values]) => Math.min(...values)),
    max: entries.map(([, values]) => Math.max(...values)),
  };
}

/** Mean of a metric over each third of training, over all runs: the first, the second, the last. */
export function thirdsOf(series: MetricSeries): [number, number, number] {
  const { mean } = series;
  const part = (index: number): number => {
    const own = mean.slice(Math.floor((mean.length * index) / 3), Math.floor((mean.length * (index + 1)) / 3));
    return own.length === 0 ? Number.NaN : own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  return [part(0), part(1), part(2)];
}
