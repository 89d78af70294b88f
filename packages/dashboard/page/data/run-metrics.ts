import { useEffect, useRef, useState } from 'preact/hooks';
import type { MetricColumns } from '@turnwise/server';
import type { Source } from './source.js';

/** Metrics of a run in columns of equal length; NaN where a step has none. */
export interface RunMetrics {
  readonly rows: number;
  /** All metrics there are, whether or not their columns were asked for. */
  readonly names: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, readonly number[]>;
}

export const noMetrics: RunMetrics = { rows: 0, names: new Set(), columns: new Map() };

/** Adds the rows that came after; from 0 they replace what was there, as a run that was taken up again rewrites them. */
export function appendColumns(
  known: RunMetrics,
  { from, rows, columns, names: told = Object.keys(columns) }: MetricColumns,
): RunMetrics {
  const kept = from === 0 ? noMetrics : known;
  const names = new Set([...kept.columns.keys(), ...Object.keys(columns)]);
  const gap = (length: number): number[] => new Array<number>(Math.max(0, length)).fill(Number.NaN);
  return {
    rows,
    names: new Set([...kept.names, ...told]),
    columns: new Map(
      [...names].map((name) => {
        const old = kept.columns.get(name) ?? gap(from);
        const more = columns[name]?.map((value) => value ?? Number.NaN) ?? gap(rows - from);
        return [name, old.length === 0 ? more : [...old, ...more]];
      }),
    ),
  };
}

/**
 * How long what came is held back while more is on its way, so that many runs are not drawn one by one; each time for longer,
 * as there is more to draw again.
 */
const patienceMilliseconds = 200;

/**
 * The metrics of several runs, kept up to date by fetching what was added. `rows`: how many rows each has by now. `only`:
 * names of the columns that are needed; default all.
 */
export function useMetrics(
  source: Source,
  runs: readonly string[],
  rows: ReadonlyMap<string, number>,
  only?: readonly string[],
): ReadonlyMap<string, RunMetrics> {
  const [metrics, setMetrics] = useState<ReadonlyMap<string, RunMetrics>>(new Map());
  const [again, setAgain] = useState(0);
  const columns = only?.join('\n') ?? '';
  const known = useRef<Known>(knowingNothing(columns));
  const latest = useRef(rows);
  latest.current = rows;
  const wanted = runs.map((run) => `${run}:${rows.get(run) ?? -1}`).join('\n');
  useEffect(() => {
    if (known.current.columns !== columns) known.current = knowingNothing(columns);
    const { current } = known;
    for (const run of runs) {
      const now = rows.get(run) ?? 0;
      const told = current.told.get(run);
      if (current.underWay.has(run) || told === now) continue;
      // Fewer than before: a run that was taken up again. What was fetched may be ahead of what is told.
      const have = told !== undefined && now < told ? noMetrics : (current.runs.get(run) ?? noMetrics);
      current.underWay.add(run);
      current.told.set(run, now);
      void source
        .metrics(run, have.rows, only)
        .then((part) => void current.runs.set(run, appendColumns(have, part)))
        // Asked again when the run changes next.
        .catch(() => undefined)
        .then(() => {
          current.underWay.delete(run);
          if (known.current !== current) return;
          if ((latest.current.get(run) ?? 0) !== now) setAgain((count) => count + 1);
          const all = current.underWay.size === 0;
          if (!all && performance.now() - current.shownAt < current.patience) return;
          current.shownAt = performance.now();
          current.patience = all ? patienceMilliseconds : 2 * current.patience;
          setMetrics(new Map(current.runs));
        });
    }
  }, [wanted, columns, again]);
  return metrics;
}

/** What was fetched of some columns. */
interface Known {
  readonly columns: string;
  readonly runs: Map<string, RunMetrics>;
  /** How many rows each run was said to have when it was last fetched. */
  readonly told: Map<string, number>;
  readonly underWay: Set<string>;
  shownAt: number;
  /** Milliseconds. */
  patience: number;
}

const knowingNothing = (columns: string): Known => ({
  columns,
  runs: new Map(),
  told: new Map(),
  underWay: new Set(),
  shownAt: 0,
  patience: patienceMilliseconds,
});
