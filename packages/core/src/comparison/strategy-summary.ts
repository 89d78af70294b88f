import { crossedBootstrap, quantile, spread, tableMean, type Interval, type Spread } from '../statistics/index.js';
import type { FinishedRun } from './finished-run.js';
import { curveHeight, deepestFall, stepsTo, type CurvePoint } from './learning-curve.js';
import { metricSeries, seriesKeys, thirdsOf, type MetricSeries, type SeriesKey } from './metric-series.js';
import {
  heldOutConversion,
  sumConversions,
  trainingConversion,
  type NearMissConversion,
} from './near-miss-conversion.js';
import { comparedMeasures, questionTable, type ComparedMeasure } from './question-tables.js';

/** A measured score with how sure it is. */
export interface ScoreSummary {
  readonly mean: number;
  /** Bootstrap over questions and seeds, drawn independently: another set of questions, another set of trainings. */
  readonly interval: Interval;
  /** Bootstrap over questions alone: these very trainings on another set of questions. */
  readonly intervalOverQuestions: Interval;
  /** The runs, each with its mean over questions. */
  readonly seeds: Spread;
}

/** What one strategy did over its seeds. */
export interface StrategySummary {
  readonly strategy: string;
  readonly seeds: readonly number[];
  /** Reward and advantage as resolved, with their options. */
  readonly reward: unknown;
  readonly advantage: unknown;
  /** Held-out exact match before the first step. */
  readonly before: Spread;
  readonly scores: Readonly<Record<ComparedMeasure, ScoreSummary>>;
  /** Other held-out measurements after the last step, over seeds. */
  readonly after: Readonly<Record<string, Spread>>;
  readonly stepsToThreshold: StepsToThreshold;
  /** Largest fall of held-out exact match below its own best, over seeds. */
  readonly deepestFall: Spread;
  readonly nearMissConversion: { readonly heldOut: NearMissConversion; readonly training: NearMissConversion };
  /** Share of training groups that teach something (not dead), over seeds. */
  readonly signalShare: Spread;
  /** Means over the first, second and last third of training. */
  readonly thirds: Readonly<Record<string, readonly [number, number, number]>>;
  readonly series: Readonly<Partial<Record<SeriesKey, MetricSeries>>>;
  /** What a run cost. */
  readonly effort: { readonly policyTokens: Spread; readonly seconds: Spread };
}

export interface StepsToThreshold {
  /** First measured step at or above the threshold, seed by seed; `null`: never. */
  readonly seeds: readonly (number | null)[];
  readonly reached: number;
  /** Of all seeds, those that never reach it counted as later than any step; `null` when it falls among those. */
  readonly median: number | null;
}

const afterMeasures = {
  goldRetrieved: 'eval/gold-retrieved',
  supportingRecall: 'eval/supporting-recall',
  unanswered: 'eval/unanswered',
  turnsMean: 'eval/turns-mean',
  invalidRate: 'eval/invalid-rate',
} as const;

const thirdsKeys = [
  'groups/all-wrong',
  'groups/mixed',
  'groups/all-correct',
  'groups/dead',
  'groups/near-miss',
  'trajectories/unanswered',
] as const satisfies readonly SeriesKey[];

/**
 * Sums up the runs of one strategy.
 *
 * @param runs At least one, by seed.
 * @param threshold Held-out exact match to be reached.
 * @param resamples Of each bootstrap.
 */
export function strategySummary(runs: readonly FinishedRun[], threshold: number, resamples: number): StrategySummary {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a summary needs at least one run');
  const curves = runs.map(exactMatchCurve);
  const series = Object.fromEntries(
    seriesKeys.map((key) => [key, metricSeries(runs, key)] as const).filter(([, { steps }]) => steps.length > 0),
  ) as Partial<Record<SeriesKey, MetricSeries>>;
  const perRun = (measure: (run: FinishedRun) => number): Spread => spread(runs.map(measure));
  return {
    strategy: first.strategy,
    seeds: runs.map(({ seed }) => seed),
    reward: first.manifest.config.reward,
    advantage: first.manifest.config.advantage,
    before: spread(curves.map((curve) => curve[0]?.value ?? Number.NaN)),
    scores: Object.fromEntries(
      comparedMeasures.map((measure) => [measure, scoreSummary(runs, measure, resamples)]),
    ) as unknown as Record<ComparedMeasure, ScoreSummary>,
    after: Object.fromEntries(
      Object.entries(afterMeasures)
        .map(([name, key]) => [name, lastValues(runs, key)] as const)
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [name, spread(values)]),
    ),
    stepsToThreshold: stepsToThreshold(threshold, curves),
    deepestFall: spread(curves.map(deepestFall)),
    nearMissConversion: {
      heldOut: sumConversions(runs.map(({ measurements }) => heldOutConversion(measurements))),
      training: sumConversions(runs.map(({ visits }) => trainingConversion(visits))),
    },
    signalShare: perRun((run) => 1 - meanOf(run, 'groups/dead')),
    thirds: Object.fromEntries(thirdsKeys.map((key) => [key, thirdsOf(metricSeries(runs, key))])),
    series,
    effort: {
      policyTokens: perRun((run) => sumOf(run, 'rollout/tokens')),
      seconds: perRun((run) => sumOf(run, 'rollout/seconds') + sumOf(run, 'update/seconds')),
    },
  };
}

/** Held-out exact match of a run over training. */
export function exactMatchCurve({ measurements }: Pick<FinishedRun, 'measurements'>): CurvePoint[] {
  return measurements.map(({ step, scores }) => ({
    step,
    value: scores.reduce((sum, { exactMatch }) => sum + exactMatch, 0) / scores.length,
  }));
}

function scoreSummary(runs: readonly FinishedRun[], measure: ComparedMeasure, resamples: number): ScoreSummary {
  const table = questionTable(runs, measure);
  return {
    mean: tableMean(table),
    interval: crossedBootstrap(table, { over: 'both', resamples }),
    intervalOverQuestions: crossedBootstrap(table, { over: 'questions', resamples }),
    seeds: spread(
      measure === 'curveHeight'
        ? runs.map((run) => curveHeight(exactMatchCurve(run)))
        : table.map((row) => tableMean([row])),
    ),
  };
}

function stepsToThreshold(threshold: number, curves: readonly (readonly CurvePoint[])[]): StepsToThreshold {
  const seeds = curves.map((curve) => stepsTo(threshold, curve));
  const sorted = seeds.map((step) => step ?? Number.POSITIVE_INFINITY).sort((left, right) => left - right);
  const median = quantile(sorted, 0.5);
  return {
    seeds,
    reached: seeds.filter((step) => step !== null).length,
    median: Number.isFinite(median) ? median : null,
  };
}

function lastValues(runs: readonly FinishedRun[], key: string): number[] {
  return runs.flatMap(({ metrics }) => metrics.findLast((row) => typeof row[key] === 'number')?.[key] ?? []);
}

function valuesOf({ metrics }: FinishedRun, key: string): number[] {
  return metrics.flatMap((row) => (typeof row[key] === 'number' ? row[key] : []));
}

function sumOf(run: FinishedRun, key: string): number {
  return valuesOf(run, key).reduce((sum, value) => sum + value, 0);
}

function meanOf(run: FinishedRun, key: string): number {
  return sumOf(run, key) / valuesOf(run, key).length;
}
