/** Least, middle and most of some repetitions. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export function spread(values: readonly number[], digits = 1): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => round(sorted[index] ?? NaN, digits);
  return { least: at(0), median: at(sorted.length >> 1), most: at(sorted.length - 1) };
}

export function round(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
