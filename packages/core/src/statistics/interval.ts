/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The q-quantile of sorted values by linear interpolation between the two nearest (type 7 of Hyndman and Fan 1996, the
 * default of NumPy and R). NaN for no values.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below] as number;
  // Also where the next one is infinite.
  if (place === below) return low;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}

/** The middle `confidence` of values: the percentile interval of a bootstrap. */
export function percentileInterval(values: Float64Array, confidence = 0.95): Interval {
  const sorted = Float64Array.from(values).sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
