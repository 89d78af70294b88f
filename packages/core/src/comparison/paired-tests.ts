import {
  crossedBootstrap,
  holm,
  signFlipTest,
  tableDifference,
  tableMean,
  type Interval,
} from '../statistics/index.js';
import type { FinishedRun } from './finished-run.js';
import { comparedMeasures, questionTable, type ComparedMeasure } from './question-tables.js';

/** A p-value as computed, and corrected for the number of pairs that are compared (Holm). */
export interface TestResult {
  readonly p: number;
  readonly holm: number;
  /** No data can give a smaller p with so many questions or seeds. */
  readonly smallestP: number;
}

/** The first strategy minus the second, on the same questions and seeds. */
export interface PairedDifference {
  readonly difference: number;
  /** Bootstrap over questions and seeds. */
  readonly interval: Interval;
  /** The difference as a share of the second strategy's score; `null` when that is 0. */
  readonly relative: number | null;
  /** Sign-flip test over questions, each the mean over seeds: would these trainings differ on other questions? */
  readonly overQuestions: TestResult;
  /** Sign-flip test over seeds, each the mean over questions: would other trainings differ? */
  readonly overSeeds: TestResult;
  /** The difference seed by seed. */
  readonly seeds: readonly number[];
}

/** Two strategies, measure by measure. */
export interface PairOfRuns {
  readonly strategies: readonly [string, string];
  /** Seeds that both have. */
  readonly seeds: readonly number[];
  readonly measures: Readonly<Record<ComparedMeasure, PairedDifference>>;
}

/**
 * Compares every two strategies on the seeds that both finished. For each measure and each of the two tests, p-values
 * are corrected over all pairs.
 *
 * @param byStrategy Runs of each strategy; all on the same questions.
 */
export function pairedTests(byStrategy: ReadonlyMap<string, readonly FinishedRun[]>, resamples: number): PairOfRuns[] {
  const names = [...byStrategy.keys()];
  const pairs = names.flatMap((left, index) =>
    names.slice(index + 1).flatMap((right) => {
      const pair = matched(byStrategy.get(left) ?? [], byStrategy.get(right) ?? []);
      return pair.seeds.length === 0 ? [] : [{ strategies: [left, right] as const, ...pair }];
    }),
  );
  const results = comparedMeasures.map((measure) => {
    const raw = pairs.map(({ left, right }) => difference(left, right, measure, resamples));
    const questions = holm(raw.map(({ overQuestions }) => overQuestions.p));
    const seeds = holm(raw.map(({ overSeeds }) => overSeeds.p));
    return raw.map((result, index) => ({
      ...result,
      overQuestions: { ...result.overQuestions, holm: questions[index] as number },
      overSeeds: { ...result.overSeeds, holm: seeds[index] as number },
    }));
  });
  return pairs.map(({ strategies, seeds }, index) => ({
    strategies,
    seeds,
    measures: Object.fromEntries(
      comparedMeasures.map((measure, place) => [measure, results[place]?.[index]]),
    ) as unknown as PairOfRuns['measures'],
  }));
}

interface MatchedRuns {
  readonly seeds: readonly number[];
  readonly left: readonly FinishedRun[];
  readonly right: readonly FinishedRun[];
}

function matched(left: readonly FinishedRun[], right: readonly FinishedRun[]): MatchedRuns {
  const others = new Map(right.map((run) => [run.seed, run]));
  const own = left.filter(({ seed }) => others.has(seed));
  return {
    seeds: own.map(({ seed }) => seed),
    left: own,
    right: own.map(({ seed }) => others.get(seed) as FinishedRun),
  };
}

type Uncorrected = Omit<TestResult, 'holm'>;

function difference(
  left: readonly FinishedRun[],
  right: readonly FinishedRun[],
  measure: ComparedMeasure,
  resamples: number,
): Omit<PairedDifference, 'overQuestions' | 'overSeeds'> & { overQuestions: Uncorrected; overSeeds: Uncorrected } {
  const other = questionTable(right, measure);
  const table = tableDifference(questionTable(left, measure), other);
  const seeds = table.map((row) => tableMean([row]));
  const questions = (table[0] ?? []).map((_, index) => tableMean(table.map((row) => [row[index] as number])));
  const test = (differences: readonly number[]): Uncorrected => {
    const { p, smallestP } = signFlipTest(differences);
    return { p, smallestP };
  };
  const mean = tableMean(table);
  const base = tableMean(other);
  return {
    difference: mean,
    interval: crossedBootstrap(table, { over: 'both', resamples }),
    relative: base === 0 ? null : mean / base,
    overQuestions: test(questions),
    overSeeds: test(seeds),
    seeds,
  };
}
