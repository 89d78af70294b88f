import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TurnwiseError } from '../errors/index.js';

/** One line of a file. */
export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Without its line ending. */
  readonly text: string;
}

const newline = 0x0a;

/** A longer line is no row: a file without line breaks would be read into memory whole. */
const mostLineBytes = 1 << 27;

/**
 * Reads a UTF-8 file line by line without holding it whole. A byte order mark and CRLF endings are tolerated; blank
 * lines are left out. Only the newline byte ends a line: JSON strings may hold U+2028, at which `node:readline` would
 * split. Throws `DATA_NOT_FOUND` and, for bytes that are not UTF-8 and a line of more than 128 MiB, `DATA_INVALID` with
 * the line.
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  await assertReadable(file);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array, number: number): string => {
    try {
      const text = decoder.decode(bytes).replace(/\r$/, '');
      return number === 1 ? text.replace(/^\uFEFF/, '') : text;
    } catch (cause) {
      throw new TurnwiseError('DATA_INVALID', `${file}:${number}: the line is not valid UTF-8.`, {
        where: `${file}:${number}`,
        hint: 'Save the file as UTF-8.',
        cause,
      });
    }
  };
  let number = 0;
  let pending: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end);
      const bytes = pending.length === 0 ? piece : Buffer.concat([...pending, piece]);
      pending = [];
      held = 0;
      start = end + 1;
      number += 1;
      const text = decode(bytes, number);
      if (text.trim() !== '') yield { number, text };
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > mostLineBytes) throw tooLong(file, number + 1);
  }
  if (pending.length > 0) {
    number += 1;
    const text = decode(Buffer.concat(pending), number);
    if (text.trim() !== '') yield { number, text };
  }
}

function tooLong(file: string, number: number): TurnwiseError {
  return new TurnwiseError('DATA_INVALID', `${file}:${number}: the line is longer than ${mostLineBytes} bytes.`, {
    where: `${file}:${number}`,
    hint: 'A file of JSON Lines holds one object a line.',
  });
}

/** Throws `DATA_NOT_FOUND` unless there is such a file. */
export async function assertReadable(file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new TurnwiseError('DATA_NOT_FOUND', `There is no file ${file}.`, {
      where: file,
      hint: 'Paths in a configuration are relative to its folder, paths on the command line to the current one.',
      cause,
    });
  });
  if (!found.isFile()) {
    throw new TurnwiseError('DATA_NOT_FOUND', `${file} is not a file.`, {
      where: file,
      hint: 'Name a file of JSON Lines or parquet.',
    });
  }
}
