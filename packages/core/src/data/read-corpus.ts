import { z } from 'zod';
import type { Passage } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { checkRow, invalidLine } from './parse-row.js';
import { readRows } from './read-rows.js';
import { idField } from './row-fields.js';
import { splitContents } from './split-contents.js';
import { uniqueIds } from './unique-ids.js';

const text = z.string({ error: 'expected text' });
const passageRow = z.object({
  id: idField,
  title: text.nullish(),
  text: text.nullish(),
  contents: text.nullish(),
});

/** Of a parquet file, the columns that are read. */
const columns = Object.keys(passageRow.shape);

/**
 * Reads a corpus of passages from JSON Lines, a JSON array or parquet, in either shape:
 *
 * - `{"id": "p1", "title": "Paris", "text": "Paris is ..."}`; the title may be missing.
 * - `{"id": "p1", "contents": "\"Paris\"\nParis is ..."}` as Search-R1 and FlashRAG write it: the first line is the
 *   title, in quotes or not; contents without a line break are all text.
 *
 * Ids may be numbers and become text; other fields are ignored. Order is kept. Throws `DATA_NOT_FOUND`,
 * `DATA_INVALID` (with file, line and field), `DATA_DUPLICATE_ID` (with both lines), `DATA_EMPTY`.
 */
export async function readCorpus(file: string): Promise<Passage[]> {
  const passages: Passage[] = [];
  for await (const passage of readPassages(file)) passages.push(passage);
  if (passages.length === 0) {
    throw new TurnwiseError('DATA_EMPTY', `The corpus ${file} holds no passage.`, {
      where: file,
      hint: 'Write one {"id", "title", "text"} object a line.',
    });
  }
  return passages;
}

/** The same one by one, also when there is none. */
export async function* readPassages(file: string): AsyncGenerator<Passage> {
  const claim = uniqueIds(file, 'passage');
  const rows = readRows(file, (names) => usedColumns(file, names));
  for await (const { number, value } of rows) {
    const line = { number };
    const row = checkRow(file, line, value, passageRow);
    const body = row.text ?? row.contents;
    if (body == null) throw invalidLine(file, line, `the passage ${row.id} has neither "text" nor "contents".`);
    const split = row.text == null ? splitContents(body) : { title: '', text: row.text };
    const { title, text } = { ...split, ...(row.title == null ? {} : { title: row.title }) };
    if (title.trim() === '' && text.trim() === '') {
      throw invalidLine(file, line, `the passage ${row.id} has neither title nor text.`);
    }
    claim(row.id, line);
    yield { id: row.id, title, text };
  }
}

function usedColumns(file: string, names: readonly string[]): string[] {
  if (names.includes('id') && (names.includes('text') || names.includes('contents'))) {
    return names.filter((name) => columns.includes(name));
  }
  throw new TurnwiseError('DATA_INVALID', `${file}: these are no passages: found the columns ${names.join(', ')}.`, {
    where: file,
    hint: 'Accepted: id, title, text; or id, contents.',
  });
}
