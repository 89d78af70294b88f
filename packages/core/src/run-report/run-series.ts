/** A metric over training, with at most so many points. */
export interface RunSeries {
  readonly key: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

type Row = Readonly<Record<string, number>>;

/**
 * The course of a metric. Of a long run, neighbouring steps are put together, as many as needed, and stand for their
 * mean at the last of them: the report of a run is of the same size however long the run was.
 */
export function runSeries(rows: readonly Row[], key: string, mostPoints = 300): RunSeries {
  const recorded = rows.filter((row) => Number.isFinite(row[key]));
  const together = Math.max(1, Math.ceil(recorded.length / mostPoints));
  const steps: number[] = [];
  const values: number[] = [];
  for (let start = 0; start < recorded.length; start += together) {
    const own = recorded.slice(start, start + together);
    steps.push(own.at(-1)?.['step'] ?? 0);
    values.push(own.reduce((sum, row) => sum + (row[key] as number), 0) / own.length);
  }
  return { key, steps, values };
}
