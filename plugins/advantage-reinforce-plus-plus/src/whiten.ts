import { isFlat } from '@turnwise/core';

/** A value that counts as often as its weight says. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * (value - mean) / sqrt(variance + epsilon) with weighted mean and variance, the variance divided by total weight - 1.
 * Flat values and a total weight below 2 give zeros: there is nothing to compare with.
 */
export function whiten(entries: readonly Weighted[], epsilon: number): number[] {
  const counted = entries.filter(({ weight }) => weight > 0);
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  if (total < 2 || isFlat(counted.map(({ value }) => value))) return entries.map(() => 0);
  const center = counted.reduce((sum, { value, weight }) => sum + weight * value, 0) / total;
  const squares = counted.reduce((sum, { value, weight }) => sum + weight * (value - center) ** 2, 0);
  const divisor = Math.sqrt(squares / (total - 1) + epsilon);
  return entries.map(({ value }) => (value - center) / divisor);
}
