import { open } from 'node:fs/promises';
import { parseJson } from './parse-row.js';
import { readJsonArray } from './read-json-array.js';
import { assertReadable, readLines } from './read-lines.js';
import { readParquet } from './read-parquet.js';

/** One row of a data file. */
export interface Row {
  /** From 1: the line of JSON Lines, the element of a JSON array, the row of a parquet file. */
  readonly number: number;
  readonly value: unknown;
}

/**
 * Reads the rows of a file of JSON Lines, of one JSON array, or of parquet, told apart by how the file begins; none is
 * held whole.
 *
 * @param choose Says from the names of a parquet file's columns which are used. Default: all.
 * @throws DATA_NOT_FOUND, DATA_INVALID with file and row
 */
export async function* readRows(
  file: string,
  choose: (columns: readonly string[]) => readonly string[] = (columns) => columns,
): AsyncGenerator<Row> {
  await assertReadable(file);
  const format = await formatOf(file);
  if (format === 'parquet') yield* readParquet(file, choose);
  else if (format === 'array') yield* readJsonArray(file);
  else for await (const line of readLines(file)) yield { number: line.number, value: parseJson(file, line) };
}

async function formatOf(file: string): Promise<'parquet' | 'array' | 'lines'> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    const start = buffer.subarray(0, bytesRead).toString('utf8');
    if (start.startsWith('PAR1') || file.endsWith('.parquet')) return 'parquet';
    // A line may itself be an array; a file that is one holds objects.
    return /^\uFEFF?\s*\[\s*[{\]]/.test(start) ? 'array' : 'lines';
  } finally {
    await handle.close();
  }
}
