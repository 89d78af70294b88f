import type { Address } from './load-kernels.js';

/** Consecutive queries of one sequence. */
export interface QueryRun {
  /** Place of the first among all query rows of the pass. */
  readonly row: number;
  /** Its position in the sequence. */
  readonly position: number;
  readonly rows: number;
}

/** One sequence in a pass: the rows whose keys and values are computed, and the runs of queries that attend to them. */
export interface SequenceRows {
  /** Place of the first among all rows of the pass. */
  readonly row: number;
  /** Its position in the sequence: above 0 where earlier keys and values are cached. */
  readonly position: number;
  readonly rows: number;
  readonly queries: readonly QueryRun[];
}

/**
 * The rows a layer works on. Keys and values are needed at every row, but the last layer's queries and all that follows
 * only where something is read from the model: at the tokens before scored ones, or at the last token of a prompt.
 */
export interface LayerRows {
  readonly rows: number;
  /** Number of query rows. */
  readonly queries: number;
  /** The query rows' places among all rows, ascending (int32); null when they are all rows. */
  readonly indices: Address | null;
  readonly sequences: readonly SequenceRows[];
}

/** Every row is also a query. */
export function allRows(sequences: readonly Omit<SequenceRows, 'queries'>[]): LayerRows {
  const rows = sequences.reduce((sum, sequence) => sum + sequence.rows, 0);
  const withQueries = sequences.map(({ row, position, rows }) => {
    return { row, position, rows, queries: [{ row, position, rows }] };
  });
  return { rows, queries: rows, indices: null, sequences: withQueries };
}

/** Only the rows in `selected` (ascending, also in memory at `indices`) are queries. */
export function selectRows(all: LayerRows, selected: Int32Array, indices: Address): LayerRows {
  if (selected.length === all.rows) return all;
  let next = 0;
  const sequences = all.sequences.map(({ row, position, rows }): SequenceRows => {
    const queries: { row: number; position: number; rows: number }[] = [];
    for (let at = selected[next]; at !== undefined && at < row + rows; at = selected[++next]) {
      const last = queries.at(-1);
      if (last && last.position + last.rows === position + at - row) last.rows++;
      else queries.push({ row: next, position: position + at - row, rows: 1 });
    }
    return { row, position, rows, queries };
  });
  return { rows: all.rows, queries: selected.length, indices, sequences };
}
