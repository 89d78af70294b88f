import { mean, standardDeviation } from '../statistics/index.js';

/** How a set of rewards is centred and scaled. */
export interface GroupStatistics {
  /** `mean` includes the member itself; `leave-one-out` is the mean of the others, which removes the bias of that. */
  readonly baseline: 'mean' | 'leave-one-out';
  /** Divide by the standard deviation of the set (all members) plus `epsilon`. */
  readonly divideByStandardDeviation: boolean;
  /** Delta degrees of freedom of the standard deviation: 1 is the sample, 0 the population formula. */
  readonly ddof: 0 | 1;
  /** Added to the standard deviation. */
  readonly epsilon: number;
}

/** Twice the spacing of float32 numbers near 1. */
const flatness = 2 ** -22;

/**
 * Whether the values differ by no more than float32 rounding. Testing this before dividing matters: in float32 a flat
 * set of 0.3 can have an error of 3e-8 in its mean and a standard deviation near 0, and 3e-8 / 1e-6 is a visible 0.03.
 * Relative to the largest magnitude, so that scaling all values never changes the verdict.
 */
export function isFlat(values: readonly number[]): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // No values are flat too: -Infinity <= Infinity.
  return high - low <= flatness * Math.max(Math.abs(low), Math.abs(high));
}

/**
 * The group-relative value of each reward:
 *
 *     (r_i - b_i) / (sd + epsilon)   or, without the division,   r_i - b_i
 *
 * where b_i is the mean of all values or of the other values. Fewer than two values, or a flat set, give exact zeros.
 * Source: GRPO (arXiv 2402.03300, section 4.1.2); leave-one-out: RLOO (arXiv 2402.14740), where
 * r_i - mean of the others = n/(n-1) (r_i - mean).
 */
export function standardize(values: readonly number[], statistics: GroupStatistics): number[] {
  const count = values.length;
  const standardized: number[] = [];
  // One value is flat, and so are none.
  if (isFlat(values)) {
    for (let index = 0; index < count; index++) standardized.push(0);
    return standardized;
  }
  const center = mean(values);
  const widening = statistics.baseline === 'leave-one-out' ? count / (count - 1) : 1;
  const divisor = statistics.divideByStandardDeviation
    ? standardDeviation(values, statistics.ddof) + statistics.epsilon
    : 1;
  for (const value of values) standardized.push((widening * (value - center)) / divisor);
  return standardized;
}
