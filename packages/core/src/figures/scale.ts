/** Maps data to places on the page. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Places of the ends of the axis. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** About `count` round numbers (1, 2 or 5 times a power of ten apart) from at most `min` to at least `max`. */
export function niceTicks(min: number, max: number, count = 5): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? rough;
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/**
 * A linear scale onto `[from, to]`. A single value stands in the middle.
 *
 * @param fixed Keep the ends as they are instead of widening them to round numbers.
 */
export function linearScale(min: number, max: number, from: number, to: number, fixed = false): Scale {
  const ticks = niceTicks(min, max).filter((tick) => !fixed || (tick >= min && tick <= max));
  const low = fixed ? min : Math.min(min, ticks[0] ?? min);
  const high = fixed ? max : Math.max(max, ticks.at(-1) ?? max);
  const width = high - low;
  const at = (value: number): number => from + (width === 0 ? 0.5 : (value - low) / width) * (to - from);
  return { min: low, max: high, from, to, ticks, at };
}
