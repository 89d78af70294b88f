/**
 * Exponential smoothing that starts unbiased: s_t = sum of w^(t-i) v_i / sum of w^(t-i) over the values so far; steps without
 * a value keep none.
 *
 * @param weight in [0, 1): 0 leaves the curve as it is
 */
export function smoothed(values: readonly number[], weight: number): number[] {
  let sum = 0;
  let norm = 0;
  return values.map((value) => {
    if (Number.isNaN(value)) return value;
    sum = weight * sum + value;
    norm = weight * norm + 1;
    return sum / norm;
  });
}

/** A curve of one run. */
export interface RunCurve {
  readonly run: string;
  /** Runs of one group differ in their seed alone. */
  readonly group: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Curves on common steps; NaN where a run has none. */
export function aligned(curves: readonly RunCurve[]): { x: readonly number[]; columns: (readonly number[])[] } {
  const [first] = curves;
  // Most runs that are laid over one another record the same steps.
  if (first !== undefined && curves.every(({ steps }) => same(steps, first.steps))) {
    return { x: first.steps, columns: curves.map(({ values }) => values) };
  }
  const x = [...new Set(curves.flatMap(({ steps }) => [...steps]))].sort((a, b) => a - b);
  const place = new Map(x.map((step, index) => [step, index]));
  const columns = curves.map(({ steps, values }) => {
    const column = new Array<number>(x.length).fill(Number.NaN);
    steps.forEach((step, index) => {
      column[place.get(step) as number] = values[index] ?? Number.NaN;
    });
    return column;
  });
  return { x, columns };
}

const same = (one: readonly number[], other: readonly number[]): boolean =>
  one === other || (one.length === other.length && one.every((value, index) => value === other[index]));

/** Mean and range over the columns at each place, of those that have a value there. */
export function range(columns: readonly (readonly number[])[]): { mean: number[]; low: number[]; high: number[] } {
  const mean: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (let index = 0; index < (columns[0]?.length ?? 0); index++) {
    const values = columns.map((column) => column[index] as number).filter((value) => !Number.isNaN(value));
    mean.push(values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length);
    low.push(values.length === 0 ? Number.NaN : Math.min(...values));
    high.push(values.length === 0 ? Number.NaN : Math.max(...values));
  }
  return { mean, low, high };
}

/** Columns laid on top of one another, the last one lowest; for stacked areas, drawn in the order given. */
export function stacked(columns: readonly (readonly number[])[]): number[][] {
  const tops: number[][] = [];
  let below: number[] = new Array<number>(columns[0]?.length ?? 0).fill(0);
  for (const column of [...columns].reverse()) {
    below = column.map((value, index) => value + (below[index] as number));
    tops.unshift(below);
  }
  return tops;
}
