import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { TurnwiseError } from '../errors/index.js';
import {
  flashRagRow,
  hotpotColumnsRow,
  hotpotRow,
  musiqueRow,
  searchR1Row,
  twoWikiRow,
} from './published-questions.fixture.js';
import { readCorpus } from './read-corpus.js';
import { readQuestions } from './read-questions.js';
import { readSourceQuestions, type SourceRow } from './source-questions.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-source-questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(ending: string, content: string | Uint8Array): string {
  const file = join(folder, `${files++}.${ending}`);
  writeFileSync(file, content);
  return file;
}
const lines = (...rows: readonly unknown[]): string =>
  write('jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

interface ParquetOptions {
  readonly codec?: 'SNAPPY' | 'UNCOMPRESSED';
  readonly rowGroupSize?: number;
  readonly types?: Readonly<Record<string, 'STRING' | 'INT64' | 'JSON'>>;
}

/** Columns are nested as their values are: lists of lists and structs, as pyarrow writes them. */
function parquet(rows: readonly Readonly<Record<string, unknown>>[], options: ParquetOptions = {}): string {
  const { codec = 'SNAPPY', rowGroupSize = 1000, types = {} } = options;
  const columnData = Object.keys(rows[0] ?? {}).map((name) => {
    const type = types[name];
    return { name, data: rows.map((row) => row[name]), ...(type === undefined ? {} : { type }) };
  });
  return write('parquet', new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize })));
}

async function all(file: string): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const row of readSourceQuestions(file)) rows.push(row);
  return rows;
}

async function failure(work: Promise<unknown>): Promise<TurnwiseError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw new Error(`expected a TurnwiseError, got ${String(error)}`);
  return error;
}

const dormun = { text: 'Where was the author of Velkar born?', answers: ['Dormun'], hops: 2, type: 'bridge' };
const tinvek = { title: 'Tinvek', text: 'Tinvek writes. Tinvek was born in Dormun.', supporting: true };

describe('published layouts', () => {
  it.each([
    ['as published', () => lines(hotpotRow)],
    ['in one array', () => write('json', JSON.stringify([hotpotRow], null, 2))],
    ['in the columns of Hugging Face', () => lines(hotpotColumnsRow)],
    ['with nested columns as text', () => lines({ ...hotpotRow, context: JSON.stringify(hotpotRow.context) })],
    ['in parquet, snappy', () => parquet([hotpotColumnsRow])],
    ['in parquet, uncompressed', () => parquet([hotpotColumnsRow], { codec: 'UNCOMPRESSED' })],
  ])('HotpotQA %s', async (_, make) => {
    const [row, ...others] = await all(make());
    expect(others).toEqual([]);
    expect(row).toMatchObject({ layout: 'HotpotQA and 2WikiMultihopQA', number: 1, missingSupport: [] });
    expect(row?.question).toEqual({ id: hotpotRow._id, ...dormun });
    expect(row?.passages).toHaveLength(3);
    expect(row?.passages?.[1]).toMatchObject(tinvek);
    expect(row?.passages?.[1]?.id).toMatch(/^Tinvek#[0-9a-f]{8}$/);
    expect(row?.passages?.[2]).toMatchObject({ title: 'Kalsa', supporting: false });
  });

  it('2WikiMultihopQA: four hops for a comparison of bridges, and support that is not there is said', async () => {
    const [row] = await all(lines(twoWikiRow));
    expect(row?.question).toMatchObject({ answers: ['Orla'], hops: 4, type: 'bridge_comparison' });
    expect(row?.passages?.[1]).toMatchObject({ text: 'Fenn was written by Orla. Orla is a poet.', supporting: true });
    expect(row?.missingSupport).toEqual(['Orla']);
  });

  it.each([
    ['JSON Lines', () => lines(musiqueRow)],
    ['parquet', () => parquet([musiqueRow])],
  ])('MuSiQue in %s', async (_, make) => {
    const [row] = await all(make());
    expect(row?.question).toEqual({
      id: musiqueRow.id,
      text: musiqueRow.question,
      answers: ['Dormun', 'Dormun City'],
      hops: 2,
      type: '2hop',
    });
    expect(row?.passages?.map(({ title, supporting }) => [title, supporting])).toEqual([
      ['Velkar', true],
      ['Kalsa', false],
      ['Tinvek', true],
    ]);
  });

  it('leaves out questions of MuSiQue that cannot be answered', async () => {
    const file = lines(musiqueRow, { ...musiqueRow, id: '2hop__2_2', answerable: false });
    expect((await all(file)).map(({ leftOut }) => leftOut)).toEqual([null, 'not answerable']);
    expect(await readQuestions(file)).toHaveLength(1);
  });

  it.each([
    ['JSON Lines', () => lines(searchR1Row, { ...searchR1Row, data_source: 'hotpotqa' })],
    ['parquet', () => parquet([searchR1Row, { ...searchR1Row, data_source: 'hotpotqa' }])],
  ])('Search-R1 in %s: ids of merged data sets do not clash', async (_, make) => {
    const questions = await readQuestions(make(), { split: 'train' });
    expect(questions).toEqual([
      { id: 'nq:train_0', text: 'who wrote velkar?', answers: ['Tinvek'], type: 'nq' },
      { id: 'hotpotqa:train_0', text: 'who wrote velkar?', answers: ['Tinvek'], type: 'hotpotqa' },
    ]);
  });

  it('Search-R1 without the mapped columns: the question from the prompt, the id from the index', async () => {
    const { id: _id, question: _question, golden_answers: _golden, ...bare } = searchR1Row;
    const expected = [{ id: 'nq:0', text: 'who wrote velkar?', answers: ['Tinvek'], type: 'nq' }];
    expect(await readQuestions(lines(bare))).toEqual(expected);
    expect(await readQuestions(parquet([bare]))).toEqual(expected);
  });

  it.each([
    ['JSON Lines', () => lines(flashRagRow)],
    ['parquet', () => parquet([flashRagRow])],
  ])('FlashRAG in %s, with what its metadata keeps', async (_, make) => {
    const [row] = await all(make());
    expect(row?.question).toEqual({ id: 'dev_0', ...dormun });
    expect(row?.passages?.[1]).toMatchObject(tinvek);
  });

  it('reads a question file with a single answer and aliases', async () => {
    expect(await readQuestions(lines({ id: 1, question: 'Q?', answer: 'A', answer_aliases: ['B', 'A'] }))).toEqual([
      { id: '1', text: 'Q?', answers: ['A', 'B'] },
    ]);
  });
});

describe('parquet', () => {
  it('is read group by group, with 64-bit integers as ids', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => ({
      id: BigInt(index),
      text: `Q${index}?`,
      answers: [`A${index}`, 'alias'],
    }));
    const file = parquet(rows, { rowGroupSize: 100, types: { id: 'INT64' } });
    const questions = await readQuestions(file);
    expect(questions).toHaveLength(250);
    expect(questions[249]).toEqual({ id: '249', text: 'Q249?', answers: ['A249', 'alias'] });
    expect(await readQuestions(file, { limit: 3 })).toHaveLength(3);
  });

  it('holds passages too', async () => {
    const file = parquet([
      { id: 'p1', contents: '"Paris"\nParis is a town.' },
      { id: 'p2', contents: 'No title.' },
    ]);
    expect(await readCorpus(file)).toEqual([
      { id: 'p1', title: 'Paris', text: 'Paris is a town.' },
      { id: 'p2', title: '', text: 'No title.' },
    ]);
  });

  it('names the row and field of a bad value', async () => {
    const file = parquet([
      { id: 'a', question: 'Q?', golden_answers: ['A'] },
      { id: 'b', question: ' ', golden_answers: ['A'] },
    ]);
    const error = await failure(readQuestions(file));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toBe(`${file}:2: question: expected text that is not blank, got " "`);
  });

  it('says what a broken file is', async () => {
    const whole = parquet([hotpotColumnsRow]);
    const bytes = readFileSync(whole);
    for (const broken of [
      bytes.subarray(0, bytes.length - 30),
      Buffer.from('PAR1 and then nothing PAR1'),
      Buffer.alloc(0),
    ]) {
      const file = write('parquet', broken);
      const error = await failure(readQuestions(file));
      expect([error.code, error.message]).toEqual([
        'DATA_INVALID',
        expect.stringContaining(`${file} cannot be read as parquet`),
      ]);
    }
  });
});

describe('unknown and broken files', () => {
  it.each([
    [
      'JSON Lines',
      () => lines({ query: 'Q?', response: 'A' }),
      /1: these are no questions.*the columns query, response/,
    ],
    ['parquet', () => parquet([{ query: 'Q?', response: 'A' }]), /no questions.*the columns query, response/],
    ['a line that is a list', () => lines([1, 2]), /found no columns/],
  ])('refuses %s of another layout, with what was found and what is accepted', async (_, make, message) => {
    const error = await failure(readQuestions(make()));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringMatching(message)]);
    for (const name of ['Search-R1', 'HotpotQA', '2Wiki', 'MuSiQue', 'FlashRAG']) expect(error.hint).toContain(name);
  });

  it('refuses a corpus in other columns', async () => {
    const error = await failure(readCorpus(parquet([{ id: 'p', body: 'x' }])));
    expect(error.message).toContain('these are no passages: found the columns id, body');
  });

  it.each([
    [{ ...hotpotRow, context: 7 }, /:1: context: expected paragraphs/],
    [{ ...hotpotRow, supporting_facts: 'Velkar' }, /:1: supporting_facts: expected supporting facts/],
    [{ ...hotpotRow, answer: ' ' }, /:1: answer: expected a gold answer/],
    [{ ...musiqueRow, answer: '', answer_aliases: [] }, /:1: answer: a question needs at least one gold answer/],
    [{ ...searchR1Row, id: null, extra_info: null }, /:1: id: a row needs "id" or "extra_info.index"/],
    [{ ...searchR1Row, golden_answers: null, reward_model: {} }, /:1: reward_model: a row needs "golden_answers" or/],
  ])('names the field of %j', async (row, message) => {
    const error = await failure(all(lines(row)));
    expect([error.code, error.message]).toEqual(['DATA_INVALID', expect.stringMatching(message)]);
  });

  it('names the element in which an array breaks', async () => {
    const two = JSON.stringify([hotpotRow, { ...hotpotRow, _id: 'second', question: 'brackets ]}, \\" and a comma?' }]);
    expect((await all(write('json', two))).map(({ question }) => question.id)).toEqual([hotpotRow._id, 'second']);
    expect(await failure(all(write('json', two.slice(0, -40))))).toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('the JSON array is broken after element 1: it is cut off') as unknown,
    });
    expect((await failure(all(write('json', `${two} {}`)))).message).toContain('something follows its end');
    expect((await failure(all(write('json', `[${JSON.stringify(hotpotRow)}, {"id" 2}]`)))).message).toMatch(
      /:2: not valid JSON/,
    );
  });
});
