import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { TurnwiseError } from '../errors/index.js';
import type { Row } from './read-rows.js';

/**
 * Reads a parquet file one row group after the other: memory holds one group, and of it only the columns that are used.
 * Rows are plain values as JSON would have them: 64-bit integers become numbers, dates texts, missing values `null`.
 *
 * @param choose Says from the names of the columns which are used.
 * @throws DATA_INVALID with the file and what is wrong with it
 */
export async function* readParquet(
  file: string,
  choose: (columns: readonly string[]) => readonly string[],
): AsyncGenerator<Row> {
  const reading = async <Result>(read: () => Promise<Result>): Promise<Result> => {
    try {
      return await read();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TurnwiseError('DATA_INVALID', `${file} cannot be read as parquet: ${reason}`, {
        where: file,
        hint: 'Was it copied whole? A parquet file begins and ends with PAR1.',
        cause,
      });
    }
  };
  const buffer = await reading(() => asyncBufferFromFile(file));
  const metadata = await reading(() => parquetMetadataAsync(buffer));
  const columns = [...choose(parquetSchema(metadata).children.map(({ element }) => element.name))];
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await reading(() =>
      parquetReadObjects({ file: buffer, metadata, columns, rowStart, rowEnd, compressors }),
    );
    for (const [index, row] of rows.entries()) yield { number: rowStart + index + 1, value: plain(row) };
    rowStart = rowEnd;
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === undefined || value === null || typeof value !== 'object') return value ?? null;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
