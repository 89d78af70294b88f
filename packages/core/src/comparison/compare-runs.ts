import type { DataDigest } from '../container/index.js';
import { mean } from '../statistics/index.js';
import type { FinishedRun } from './finished-run.js';
import { curveHeight, stepsTo, type CurvePoint } from './learning-curve.js';
import { pairedTests, type PairOfRuns } from './paired-tests.js';
import { assertSameQuestions } from './question-tables.js';
import { exactMatchCurve, strategySummary, type StrategySummary } from './strategy-summary.js';

type TrainingConfig = FinishedRun['manifest']['config']['training'];

/** A run that a comparison lacks, and why. */
export interface MissingRun {
  readonly strategy: string;
  readonly seed: number;
  readonly folder: string;
  readonly reason: string;
}

/** One run of a comparison. */
export interface ComparedRun {
  readonly strategy: string;
  readonly seed: number;
  readonly folder: string;
  readonly exactMatch: number;
  readonly curveHeight: number;
  readonly stepsToThreshold: number | null;
  /** Held-out exact match at each measured step. */
  readonly curve: readonly CurvePoint[];
}

/** `compare.json`. */
export interface RunComparison {
  /** Version of this file's shape. */
  readonly version: 1;
  readonly createdAt: string;
  /** Whether every run that was asked for is in it. */
  readonly complete: boolean;
  readonly strategies: readonly string[];
  readonly seeds: readonly number[];
  /** What every run was given. */
  readonly budget: {
    readonly steps: number;
    readonly questionsPerStep: number;
    readonly groupSize: number;
    readonly maxTurns: number;
    readonly evalEvery: number;
  };
  readonly data: Partial<Record<'corpus' | 'train' | 'eval', DataDigest>>;
  readonly heldOutQuestions: number;
  /** Whether every run kept the trajectories of all steps: if not, conversions of training questions know only some. */
  readonly allTrajectories: boolean;
  readonly threshold: { readonly exactMatch: number; readonly chosen: 'given' | 'half-way' };
  readonly resamples: number;
  readonly confidence: number;
  readonly summaries: readonly StrategySummary[];
  readonly pairs: readonly PairOfRuns[];
  readonly runs: readonly ComparedRun[];
  readonly missing: readonly MissingRun[];
}

export interface CompareRunsOptions {
  /** Held-out exact match whose first crossing is timed. Default: half-way from the start to the best mean end. */
  readonly threshold?: number | undefined;
  /** Of each bootstrap. Default 10,000. */
  readonly resamples?: number | undefined;
  readonly missing?: readonly MissingRun[];
  readonly now?: Date;
}

/**
 * Compares finished runs of several strategies at the same budget.
 *
 * @param runs At least one, all on the same held-out questions.
 * @throws RUN_CORRUPT when the held-out questions differ.
 */
export function compareRuns(runs: readonly FinishedRun[], options: CompareRunsOptions = {}): RunComparison {
  const { resamples = 10_000, missing = [], now = new Date() } = options;
  const [first] = runs;
  if (first === undefined) throw new RangeError('a comparison needs at least one run');
  assertSameQuestions(runs);
  const byStrategy = new Map<string, FinishedRun[]>();
  for (const run of [...runs].sort((left, right) => left.seed - right.seed)) {
    byStrategy.set(run.strategy, [...(byStrategy.get(run.strategy) ?? []), run]);
  }
  const ordered = new Map([...new Set(runs.map(({ strategy }) => strategy))].map((n) => [n, byStrategy.get(n) ?? []]));
  const threshold = options.threshold ?? halfWay([...ordered.values()]);
  const { rollout, training } = first.manifest.config;
  return {
    version: 1,
    createdAt: now.toISOString(),
    complete: missing.length === 0,
    strategies: [...new Set([...runs, ...missing].map(({ strategy }) => strategy))],
    seeds: [...new Set([...runs, ...missing].map(({ seed }) => seed))].sort((left, right) => left - right),
    budget: {
      steps: training.steps,
      questionsPerStep: rollout.questionsPerStep,
      groupSize: rollout.groupSize,
      maxTurns: rollout.maxTurns,
      evalEvery: training.evalEvery,
    },
    data: first.manifest.data,
    heldOutQuestions: first.measurements[0]?.scores.length ?? 0,
    allTrajectories: runs.every(({ manifest: { config } }) => keepsAll(config.training)),
    threshold: { exactMatch: threshold, chosen: options.threshold === undefined ? 'half-way' : 'given' },
    resamples,
    confidence: 0.95,
    summaries: [...ordered.values()].map((own) => strategySummary(own, threshold, resamples)),
    pairs: pairedTests(ordered, resamples),
    runs: runs.map((run) => comparedRun(run, threshold)),
    missing,
  };
}

/** Configurations of earlier versions do not say: they kept all. */
function keepsAll({ trajectoriesEvery = 1, keepTrajectories = null }: Partial<TrainingConfig>): boolean {
  return trajectoriesEvery === 1 && keepTrajectories === null;
}

function comparedRun(run: FinishedRun, threshold: number): ComparedRun {
  const curve = exactMatchCurve(run);
  return {
    strategy: run.strategy,
    seed: run.seed,
    folder: run.folder,
    exactMatch: curve.at(-1)?.value ?? Number.NaN,
    curveHeight: curveHeight(curve),
    stepsToThreshold: stepsTo(threshold, curve),
    curve,
  };
}

function halfWay(byStrategy: readonly (readonly FinishedRun[])[]): number {
  const curves = byStrategy.map((runs) => runs.map(exactMatchCurve));
  const start = mean(curves.flat().map((curve) => curve[0]?.value ?? 0));
  const best = Math.max(...curves.map((own) => mean(own.map((curve) => curve.at(-1)?.value ?? 0))));
  return (start + best) / 2;
}
