import { randomStream } from '../random/index.js';
import { percentileInterval, type Interval } from '../statistics/index.js';
import { byHopsAndType } from './evaluation-report.js';
import type { QuestionScore } from './question-score.js';

/** A question's share of a measure that is a ratio of two sums over questions. */
type Ratio = (score: QuestionScore) => { readonly value: number; readonly weight: number };

const perTrajectory =
  (measure: (score: QuestionScore) => number): Ratio =>
  (score) => ({ value: measure(score) * score.trajectories, weight: score.trajectories });

/** Measures that get an interval, by their names in a report. */
const measures = {
  exactMatch: perTrajectory(({ exactMatch }) => exactMatch),
  f1: perTrajectory(({ f1 }) => f1),
  coverMatch: perTrajectory(({ coverMatch }) => coverMatch),
  goldRetrieved: perTrajectory(({ goldRetrieved }) => goldRetrieved),
  supportingRecall: ({ supportingRecall }) => ({
    value: supportingRecall ?? 0,
    weight: supportingRecall === null ? 0 : 1,
  }),
  turnsMean: perTrajectory(({ turns }) => turns),
  searchesMean: perTrajectory(({ searches }) => searches),
  answered: perTrajectory(({ unanswered }) => 1 - unanswered),
  invalidRate: ({ invalidTurns, turns, trajectories }) => ({
    value: invalidTurns * trajectories,
    weight: turns * trajectories,
  }),
} as const satisfies Record<string, Ratio>;

export type IntervalMeasure = keyof typeof measures;

/** Intervals of one set of questions; a measure that no question has is left out. */
export type MeasureIntervals = Readonly<Partial<Record<IntervalMeasure, Interval>>>;

/** How sure an evaluation is of its means. */
export interface EvaluationIntervals {
  /** Percentile bootstrap over questions: these very weights on another set of questions of the kind. */
  readonly method: 'bootstrap over questions';
  readonly confidence: number;
  readonly resamples: number;
  readonly overall: MeasureIntervals;
  readonly byHops: Readonly<Record<string, MeasureIntervals>>;
  readonly byType: Readonly<Record<string, MeasureIntervals>>;
}

export interface IntervalOptions {
  /** Of each bootstrap. Default: {@link defaultResamples}. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Of the random stream. Default 0. */
  readonly seed?: number;
}

/** 10,000; fewer for more than 2,000 questions, so that there are 20 million draws in all; at least 1,000. */
export function defaultResamples(questions: number): number {
  return Math.max(1_000, Math.min(10_000, Math.floor(2e7 / Math.max(1, questions))));
}

/** Confidence intervals of an evaluation, overall, by hops and by type. Every measure sees the same resamples. */
export function evaluationIntervals(
  scores: readonly QuestionScore[],
  options: IntervalOptions = {},
): EvaluationIntervals {
  const { confidence = 0.95, seed = 0 } = options;
  const resamples = options.resamples ?? defaultResamples(scores.length);
  const intervals = (own: readonly QuestionScore[]): MeasureIntervals => bootstrap(own, resamples, confidence, seed);
  const parts = byHopsAndType(scores, intervals);
  return { method: 'bootstrap over questions', confidence, resamples, overall: intervals(scores), ...parts };
}

function bootstrap(
  scores: readonly QuestionScore[],
  resamples: number,
  confidence: number,
  seed: number,
): MeasureIntervals {
  const count = scores.length;
  const columns = Object.entries<Ratio>(measures).flatMap(([name, measure]) => {
    const ratios = scores.map(measure);
    if (ratios.every(({ weight }) => weight === 0)) return [];
    const values = Float64Array.from(ratios, ({ value }) => value);
    const weights = Float64Array.from(ratios, ({ weight }) => weight);
    return [{ name, values, weights, means: new Float64Array(resamples) }];
  });
  const random = randomStream(seed, 'evaluation-intervals', count);
  const times = new Uint32Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const question = random.integer(count);
      times[question] = (times[question] as number) + 1;
    }
    for (const { values, weights, means } of columns) {
      let sum = 0;
      let weight = 0;
      for (let question = 0; question < count; question++) {
        const drawn = times[question] as number;
        sum += drawn * (values[question] as number);
        weight += drawn * (weights[question] as number);
      }
      // A resample without any question that has the measure says nothing about it.
      means[resample] = weight === 0 ? Number.NaN : sum / weight;
    }
  }
  return Object.fromEntries(
    columns.map(({ name, means }) => [name, percentileInterval(means.filter(Number.isFinite), confidence)]),
  );
}
