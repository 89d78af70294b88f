import { mean, standardDeviation } from './mean-and-deviation.js';

/** A number over several runs. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation (n - 1); 0 for one value. */
  readonly standardDeviation: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

/** Sums values up. The mean of none is NaN. */
export function spread(values: readonly number[]): Spread {
  return {
    mean: values.length === 0 ? Number.NaN : mean(values),
    standardDeviation: standardDeviation(values, 1),
    min: values.length === 0 ? Number.NaN : Math.min(...values),
    max: values.length === 0 ? Number.NaN : Math.max(...values),
    values,
  };
}
