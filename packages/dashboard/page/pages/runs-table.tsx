import type { RunRow } from '@turnwise/server';
import type { JSX } from 'preact';
import { addressOf } from '../router.js';
import { ago, duration, percent } from '../text/numbers.js';
import { plain } from '../text/plain.js';

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

/** By which column runs are sorted. */
export interface Sorting {
  /** From 0. */
  readonly column: number;
  readonly descending: boolean;
}

/** The youngest first. */
export const byAge: Sorting = { column: 8, descending: false };

/** Runs as rows, to be chosen one by one or all that are shown. */
export function RunsTable({
  rows,
  sorting,
  chosen,
  onSort,
  onChoose,
}: {
  rows: readonly RunRow[];
  sorting: Sorting;
  chosen: ReadonlySet<string>;
  onSort: (sorting: Sorting) => void;
  onChoose: (names: readonly string[], on: boolean) => void;
}): JSX.Element {
  const all = rows.length > 0 && rows.every(({ name }) => chosen.has(name));
  return (
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
                  onChoose(
                    rows.map(({ name }) => name),
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
                  onClick={() => onSort({ column: index, descending: sorting.column === index && !sorting.descending })}
                >
                  {title}
                  <span aria-hidden="true">{sorting.column === index ? (sorting.descending ? ' ▾' : ' ▴') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} class={chosen.has(row.name) ? 'chosen' : ''}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`choose ${row.name}`}
                  checked={chosen.has(row.name)}
                  onChange={() => onChoose([row.name], !chosen.has(row.name))}
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
  );
}

function ariaSort({ column, descending }: Sorting, index: number): 'none' | 'ascending' | 'descending' {
  return column === index ? (descending ? 'descending' : 'ascending') : 'none';
}

export function sorted(rows: readonly RunRow[], { column, descending }: Sorting): RunRow[] {
  const value = columns[column]?.value ?? (({ name }: RunRow) => name);
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}
