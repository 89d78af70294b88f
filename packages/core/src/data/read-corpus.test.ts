import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { readCorpus } from './read-corpus.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-corpus-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(content: string | Uint8Array): string {
  const file = join(folder, `corpus-${files++}.jsonl`);
  writeFileSync(file, content);
  return file;
}

async function failure(file: string): Promise<TurnwiseError> {
  const error: unknown = await readCorpus(file).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw new Error(`expected a TurnwiseError, got ${String(error)}`);
  return error;
}

describe('readCorpus', () => {
  it('reads title and text, keeps the order and turns numeric ids into text', async () => {
    const file = write('{"id":7,"title":"Paris","text":"A city."}\n{"id":"b","text":"No title."}\n');
    expect(await readCorpus(file)).toEqual([
      { id: '7', title: 'Paris', text: 'A city.' },
      { id: 'b', title: '', text: 'No title.' },
    ]);
  });

  it('reads the contents shape: the first line is the title, in quotes or not', async () => {
    const rows = [
      { id: 'a', contents: '"The "Big" City"\nfirst\nsecond' },
      { id: 'b', contents: 'Bare title\nbody' },
      { id: 'c', contents: 'only text' },
    ];
    const file = write(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(await readCorpus(file)).toEqual([
      { id: 'a', title: 'The "Big" City', text: 'first\nsecond' },
      { id: 'b', title: 'Bare title', text: 'body' },
      { id: 'c', title: '', text: 'only text' },
    ]);
  });

  it('tolerates a byte order mark, CRLF, blank lines, U+2028 and a missing last newline', async () => {
    const file = write('\uFEFF{"id":"a","text":"one\u2028two"}\r\n\r\n{"id":"b","text":"x"}');
    expect((await readCorpus(file)).map(({ text }) => text)).toEqual(['one\u2028two', 'x']);
  });

  it('puts lines together that are longer than one read', async () => {
    const long = 'é'.repeat(400_000);
    const file = write(`{"id":"a","text":"${long}"}\n{"id":"b","text":"x"}\n`);
    expect((await readCorpus(file))[0]?.text).toBe(long);
  });

  it('names the missing file', async () => {
    const error = await failure(join(folder, 'nowhere.jsonl'));
    expect(error.code).toBe('DATA_NOT_FOUND');
    expect(error.message).toContain('nowhere.jsonl');
    expect((await failure(folder)).code).toBe('DATA_NOT_FOUND');
  });

  it('names file, line and reason of a malformed line', async () => {
    const file = write('{"id":"a","text":"x"}\n\n{"id":"b","text":\n');
    const error = await failure(file);
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toContain(`${file}:3: not valid JSON`);
  });

  it.each([
    ['[1,2]', /:1: .*expected an object.*got \[1,2\]/],
    ['{"text":"x"}', /:1: id: .*got nothing/],
    ['{"id":" ","text":"x"}', /:1: id: an id must not be blank/],
    ['{"id":"a","text":5}', /:1: text: expected text, got 5/],
    ['{"id":"a"}', /:1: the passage a has neither "text" nor "contents"/],
    ['{"id":"a","title":"","text":" "}', /:1: the passage a has neither title nor text/],
  ])('refuses the row %s', async (row, message) => {
    const error = await failure(write(`${row}\n`));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toMatch(message);
  });

  it('names both lines of a repeated id, also when one is a number', async () => {
    const error = await failure(write('{"id":7,"text":"x"}\n{"id":"8","text":"x"}\n{"id":"7","text":"y"}\n'));
    expect(error.code).toBe('DATA_DUPLICATE_ID');
    expect(error.message).toMatch(/:3: the passage id "7" was already used in line 1/);
  });

  it('refuses an empty corpus and bytes that are not UTF-8', async () => {
    expect((await failure(write('\n\n'))).code).toBe('DATA_EMPTY');
    const error = await failure(write(Uint8Array.from([0x22, 0xff, 0x22, 0x0a])));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toContain(':1: the line is not valid UTF-8');
  });
});
