import { z } from 'zod';
import type { Passage } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { invalidLine, parseRow } from './parse-row.js';
import { readLines } from './read-lines.js';
import { idField } from './row-fields.js';
import { splitContents } from './split-contents.js';
import { uniqueIds } from './unique-ids.js';

const text = z.string({ error: 'expected text' });
const passageRow = z.object({
  id: idField,
  title: text.optional(),
  text: text.optional(),
  contents: text.optional(),
});

/**
 * Reads a corpus of passages, one JSON object a line, in either shape:
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
  const claim = uniqueIds(file, 'passage');
  for await (const line of readLines(file)) {
    const row = parseRow(file, line, passageRow);
    const body = row.text ?? row.contents;
    if (body === undefined) throw invalidLine(file, line, `the passage ${row.id} has neither "text" nor "contents".`);
    const split = row.text === undefined ? splitContents(body) : { title: '', text: row.text };
    const { title, text } = { ...split, ...(row.title === undefined ? {} : { title: row.title }) };
    if (title.trim() === '' && text.trim() === '') {
      throw invalidLine(file, line, `the passage ${row.id} has neither title nor text.`);
    }
    claim(row.id, line);
    passages.push({ id: row.id, title, text });
  }
  if (passages.length === 0) {
    throw new TurnwiseError('DATA_EMPTY', `The corpus ${file} holds no passage.`, {
      where: file,
      hint: 'Write one {"id", "title", "text"} object a line.',
    });
  }
  return passages;
}
