import { randomStream } from '../random/index.js';
import type { RandomStream } from '../contract/index.js';
import { percentileInterval, type Interval } from './interval.js';

/** Scores of one strategy: a row for each seed, a column for each question, every row as long as the others. */
export type ScoreTable = readonly (readonly number[])[];

export interface BootstrapOptions {
  /** What is drawn with replacement: `both` draws rows and columns independently of each other. */
  readonly over: 'both' | 'questions' | 'seeds';
  /** Default 10,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Of the random stream. Default 0. */
  readonly seed?: number;
}

/** Mean of all cells; NaN for an empty table. */
export function tableMean(table: ScoreTable): number {
  const cells = table.flat();
  return cells.reduce((sum, value) => sum + value, 0) / cells.length;
}

/** Cell by cell `left - right`; both tables have the same seeds and questions in the same order. */
export function tableDifference(left: ScoreTable, right: ScoreTable): number[][] {
  return left.map((row, seed) => row.map((value, question) => value - (right[seed]?.[question] ?? Number.NaN)));
}

/**
 * Percentile bootstrap interval of the mean of a table whose rows and columns cross: every seed saw every question, so
 * cells of a row or of a column are not independent and must not be drawn one by one. Each resample draws rows and, apart
 * from them, columns (the pigeonhole bootstrap, Owen 2007, Annals of Applied Statistics 1(2), which errs on the wide side). With a
 * handful of rows the part that comes from rows is still too narrow, by about sqrt((n - 1) / n).
 */
export function crossedBootstrap(table: ScoreTable, options: BootstrapOptions): Interval {
  const { over, resamples = 10_000, confidence = 0.95, seed = 0 } = options;
  const rows = table.length;
  const columns = table[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return { low: Number.NaN, high: Number.NaN };
  const cells = Float64Array.from(table.flat());
  const random = randomStream(seed, 'bootstrap', over, rows, columns);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    const rowCounts = over === 'questions' ? ones(rows) : drawnCounts(rows, random);
    const columnCounts = over === 'seeds' ? ones(columns) : drawnCounts(columns, random);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const times = rowCounts[row] as number;
      if (times === 0) continue;
      let own = 0;
      const start = row * columns;
      for (let column = 0; column < columns; column++) {
        own += (cells[start + column] as number) * (columnCounts[column] as number);
      }
      sum += times * own;
    }
    means[resample] = sum / (rows * columns);
  }
  return percentileInterval(means, confidence);
}

function ones(count: number): Uint32Array {
  return new Uint32Array(count).fill(1);
}

/** How often each of `count` items is drawn in `count` draws with replacement. */
function drawnCounts(count: number, random: RandomStream): Uint32Array {
  const counts = new Uint32Array(count);
  for (let draw = 0; draw < count; draw++) {
    const index = random.integer(count);
    counts[index] = (counts[index] as number) + 1;
  }
  return counts;
}
