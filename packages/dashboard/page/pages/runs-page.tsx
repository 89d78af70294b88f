import type { RunRow } from '@turnwise/server';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../data/use-live.js';
import type { Source } from '../data/source.js';
import { useRuns } from '../data/use-runs.js';
import { Failure, Loading } from '../parts/notices.js';
import { ConfigDifferences } from '../parts/config-differences.js';
import { addressOf } from '../router.js';
import { ago, duration, percent } from '../text/numbers.js';
import { plain } from '../text/plain.js';
import { Overlay } from './overlay.js';

interface Column {
  readonly title: string;
  readonly value: (row: RunRow) => string | number;
  readonly cell: (row: RunRow) => JSX.Element | string;
}

const columns: readonly Column[] = [
  {
    title: 'run',
    value: ({ name }) => name,
    cell: ({ name }) => (
      <a href={addressOf({ page: 'run', run: name, tab: 'curves', step: null })}>
        <bdi>{plain(name)}</bdi>
      </a>
    ),
  },
  {
    title: 'status',
    value: ({ status }) => status,
    cell: ({ status, problem }) => (
      <span class={`badge ${status}`} title={problem ?? ''}>
        {status}
      </span>
    ),
  },
  { title: 'strategy', value: ({ strategy }) => strategy, cell: ({ strategy }) => plain(strategy) },
  { title: 'policy', value: ({ policy }) => policy, cell: ({ policy }) => plain(policy) },
  { title: 'seed', value: ({ seed }) => seed ?? -1, cell: ({ seed }) => String(seed ?? '–') },
  { title: 'steps', value: ({ step }) => step, cell: ({ step, steps }) => `${Math.max(0, step)} / ${steps}` },
  { title: 'exact match', value: ({ exactMatch }) => exactMatch ?? -1, cell: ({ exactMatch }) => percent(exactMatch) },
  {
    title: 's / step',
    value: ({ secondsPerStep }) => secondsPerStep ?? Infinity,
    cell: ({ secondsPerStep }) => duration(secondsPerStep),
  },
  { title: 'age', value: ({ updatedAt }) => -updatedAt, cell: ({ updatedAt }) => ago(updatedAt) },
];

/** All runs: sorted, filtered, and the chosen ones' curves laid over one another. */
export function RunsPage({ source, live }: { source: Source; live: Live }): JSX.Element {
  const { rows, error } = useRuns(source, live);
  const [filter, setFilter] = useState('');
  const [sorting, setSorting] = useState({ column: 8, descending: false });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    // What is gone cannot stay chosen.
    const names = new Set(rows?.map(({ name }) => name));
    if (rows !== null && [...chosen].some((name) => !names.has(name)))
      setChosen(new Set([...chosen].filter((name) => names.has(name))));
  }, [rows]);
  if (error !== null) return <Failure error={error} />;
  if (rows === null) return <Loading />;
  const shown = sorted(rows.filter(matches(filter)), sorting);
  const toggle = (names: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const name of names)
      if (on) next.add(name);
      else next.delete(name);
    setChosen(next);
  };
  const all = shown.length > 0 && shown.every(({ name }) => chosen.has(name));
  return (
    <>
      <h1>Runs</h1>
      <p class="controls">
        <label>
          Filter{' '}
          <input
            type="search"
            value={filter}
            placeholder="name, strategy, policy, status"
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <span class="faint" aria-live="polite">
          {shown.length} of {rows.length}
        </span>
      </p>
      {rows.length === 0 ? (
        <p class="faint">No runs here yet. One appears as soon as a training run writes its manifest.</p>
      ) : (
        <div class="wide" tabIndex={0} role="region" aria-label="Table of runs">
          <table>
            <thead>
              <tr>
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label="choose all that are shown"
                    checked={all}
                    onChange={() =>
                      toggle(
                        shown.map(({ name }) => name),
                        !all,
                      )
                    }
                  />
                </th>
                {columns.map(({ title }, index) => (
                  <th scope="col" key={title} aria-sort={ariaSort(sorting, index)}>
                    <button
                      type="button"
                      class="heading"
                      onClick={() =>
                        setSorting({ column: index, descending: sorting.column === index && !sorting.descending })
                      }
                    >
                      {title}
                      <span aria-hidden="true">
                        {sorting.column === index ? (sorting.descending ? ' ▾' : ' ▴') : ''}
                      </span>
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.name} class={chosen.has(row.name) ? 'chosen' : ''}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`choose ${row.name}`}
                      checked={chosen.has(row.name)}
                      onChange={() => toggle([row.name], !chosen.has(row.name))}
                    />
                  </td>
                  {columns.map(({ title, cell }) => (
                    <td key={title}>{cell(row)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen.size > 0 && <Overlay source={source} live={live} runs={rows.filter(({ name }) => chosen.has(name))} />}
      {chosen.size === 2 && <ConfigDifferences source={source} runs={[...chosen] as [string, string]} />}
    </>
  );
}

function matches(filter: string): (row: RunRow) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ name, strategy, policy, status }) => {
    const text = `${name} ${strategy} ${policy} ${status}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

function ariaSort({ column, descending }: Sorting, index: number): 'none' | 'ascending' | 'descending' {
  return column === index ? (descending ? 'descending' : 'ascending') : 'none';
}

function sorted(rows: readonly RunRow[], { column, descending }: Sorting): RunRow[] {
  const value = columns[column]?.value ?? (({ name }: RunRow) => name);
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}
