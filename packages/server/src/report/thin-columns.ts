import type { MetricColumns } from '../dashboard/views.js';

/**
 * Metrics with at most so many rows. Of a longer run the first row, the measurement before training, stays as it is; after
 * it neighbouring rows, as many as needed, become one: the last of their steps, and of every other metric the mean over
 * those that have it. Fractions keep six digits.
 *
 * @param rows at least 2
 */
export function thinColumns({ from, rows: recorded, columns }: MetricColumns, rows: number): MetricColumns {
  const together = recorded <= rows ? 1 : Math.ceil((recorded - 1) / (rows - 1));
  const thinned = Object.entries(columns).map(([name, values]) => {
    const kept: (number | null)[] = values.length === 0 ? [] : [sixDigits(values[0] ?? null)];
    for (let start = 1; start < values.length; start += together) {
      const part = values.slice(start, start + together);
      kept.push(name === 'step' ? (part.at(-1) ?? null) : sixDigits(meanOf(part)));
    }
    return [name, kept] as const;
  });
  return { from, rows: thinned[0]?.[1].length ?? 0, columns: Object.fromEntries(thinned) };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}

function sixDigits(value: number | null): number | null {
  return value === null || Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
