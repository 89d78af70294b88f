import { isFlat } from '@turnwise/core';

/** A value that counts as often as its weight says. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** What values are whitened with; a `divisor` of null means that there is nothing to compare. */
export interface Whitening {
  readonly center: number;
  readonly divisor: number | null;
}

/**
 * Weighted mean and sqrt(variance + epsilon), the variance divided by total weight - 1. Flat values and a total weight
 * below 2 have no divisor.
 */
export function whitening(entries: readonly Weighted[], epsilon: number): Whitening {
  const counted = entries.filter(({ weight }) => weight > 0);
  const total = counted.reduce((sum, { weight }) => sum + weight, 0);
  // One token has one value, and is flat.
  if (isFlat(counted.map(({ value }) => value))) return { center: 0, divisor: null };
  const center = counted.reduce((sum, { value, weight }) => sum + weight * value, 0) / total;
  const squares = counted.reduce((sum, { value, weight }) => sum + weight * (value - center) ** 2, 0);
  return { center, divisor: Math.sqrt(squares / (total - 1) + epsilon) };
}
