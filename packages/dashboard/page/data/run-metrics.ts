import { useEffect, useRef, useState } from 'preact/hooks';
import type { Source } from './source.js';

/** Metrics of a run in columns of equal length; NaN where a step has none. */
export interface RunMetrics {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly number[]>;
}

const nothing: RunMetrics = { rows: 0, columns: new Map() };

/** Adds the rows that came after; from 0 they replace what was there, as a run that was taken up again rewrites them. */
export function appendColumns(
  known: RunMetrics,
  from: number,
  rows: number,
  columns: Readonly<Record<string, readonly (number | null)[]>>,
): RunMetrics {
  const kept = from === 0 ? nothing : known;
  const names = new Set([...kept.columns.keys(), ...Object.keys(columns)]);
  const gap = (length: number): number[] => new Array<number>(Math.max(0, length)).fill(Number.NaN);
  return {
    rows,
    columns: new Map(
      [...names].map((name) => {
        const old = kept.columns.get(name) ?? gap(from);
        const more = columns[name]?.map((value) => value ?? Number.NaN) ?? gap(rows - from);
        return [name, [...old, ...more]];
      }),
    ),
  };
}

/** The metrics of several runs, kept up to date by fetching what was added. `rows`: how many rows each has by now. */
export function useMetrics(
  source: Source,
  runs: readonly string[],
  rows: ReadonlyMap<string, number>,
): ReadonlyMap<string, RunMetrics> {
  const [metrics, setMetrics] = useState<ReadonlyMap<string, RunMetrics>>(new Map());
  const known = useRef(new Map<string, RunMetrics>());
  const underWay = useRef(new Set<string>());
  const wanted = runs.map((run) => `${run}:${rows.get(run) ?? -1}`).join('\n');
  useEffect(() => {
    for (const run of runs) {
      const have = known.current.get(run) ?? nothing;
      const now = rows.get(run);
      if (underWay.current.has(run) || (now !== undefined && now === have.rows && now > 0)) continue;
      const from = now !== undefined && now < have.rows ? 0 : have.rows;
      underWay.current.add(run);
      source
        .metrics(run, from)
        .then((part) => {
          known.current.set(run, appendColumns(have, part.from, part.rows, part.columns));
          setMetrics(new Map(known.current));
        })
        .catch(() => undefined)
        .finally(() => underWay.current.delete(run));
    }
  }, [wanted]);
  return metrics;
}
