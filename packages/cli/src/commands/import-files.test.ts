import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { runInProcess, type Outcome } from '../in-process.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-import-'));
const at = (name: string): string => join(folder, name);
const rows = (...values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const question = {
  id: '2hop__1_2',
  question: 'Where was the author of Velkar born?',
  answer: 'Dormun',
  answerable: true,
  paragraphs: [
    { title: 'Velkar', paragraph_text: 'Velkar was written by Tinvek.', is_supporting: true },
    { title: 'Tinvek', paragraph_text: 'Tinvek was born in Dormun.', is_supporting: true },
  ],
};

beforeAll(() => {
  writeFileSync(at('musique.jsonl'), rows(question, { ...question, id: '2hop__3_4', answerable: false }));
  writeFileSync(at('unknown.jsonl'), rows({ query: 'Q?', response: 'A' }));
  writeFileSync(at('broken.jsonl'), rows(question, { ...question, id: 'b', paragraphs: 'none' }));
  writeFileSync(at('twice.jsonl'), rows(question, question));
  const columnData = [
    { name: 'id', data: ['w1', 'w2'] },
    { name: 'contents', data: ['"Kalsa"\nKalsa is a town.', '"Orla"\nOrla is a poet.'] },
  ];
  writeFileSync(at('wiki.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
  const plain = [
    { name: 'id', data: ['a'] },
    { name: 'question', data: ['Who is Orla?'] },
    { name: 'golden_answers', data: [['poet', 'a poet']] },
  ];
  writeFileSync(at('plain.parquet'), new Uint8Array(parquetWriteBuffer({ columnData: plain })));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const turnwise = (...words: string[]): Promise<Outcome> => runInProcess(words, { folder });

describe('data import', () => {
  it('writes questions, and their passages behind those of a corpus, each once', async () => {
    const words = ['musique.jsonl', '--corpus', 'wiki.parquet', '--out', 'data'];
    const { code, out } = await turnwise('data', 'import', ...words);
    expect(code).toBe(0);
    expect(out).toContain('questions.jsonl: 1 questions from');
    expect(out).toContain('(MuSiQue); 1 rows left out: not answerable');
    expect(out).toMatch(/corpus\.jsonl: 4 passages/);
    const corpus = readFileSync(at('data/corpus.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(corpus[0] ?? '')).toEqual({ id: 'w1', title: 'Kalsa', text: 'Kalsa is a town.' });
    const [row] = readFileSync(at('data/questions.jsonl'), 'utf8').trim().split('\n');
    const supporting = corpus.slice(2).map((line) => (JSON.parse(line) as { id: string }).id);
    expect(JSON.parse(row ?? '')).toEqual({
      id: '2hop__1_2',
      question: question.question,
      golden_answers: ['Dormun'],
      type: '2hop',
      hops: 2,
      supporting_ids: supporting,
    });
    expect((await turnwise('data', 'import', ...words, '--limit', '1', '--json')).out).toMatch(/"questions":1/);
  });

  it('is not needed to read parquet', async () => {
    const set = ['data={eval: {file: plain.parquet}}', 'corpus={file: wiki.parquet}', 'policy={use: scripted}'];
    writeFileSync(at('run.yaml'), 'seed: 1\n');
    const words = ['eval', '-c', 'run.yaml', '--json', ...set.flatMap((value) => ['--set', value])];
    const { code, out } = await turnwise(...words);
    expect([code, JSON.parse(out)]).toMatchObject([0, { n: 1, goldRetrieved: 1 }]);
  });

  it.each([
    [['unknown.jsonl', '--out', 'bad'], /DATA_INVALID.*found the columns query, response[\s\S]*Accepted: Search-R1/],
    [['broken.jsonl', '--out', 'bad'], /DATA_INVALID.*broken\.jsonl:2: paragraphs: /],
    [['twice.jsonl', '--out', 'bad'], /DATA_DUPLICATE_ID.*twice\.jsonl:2: .*already used in row 1/],
    [['none.jsonl', '--out', 'bad'], /DATA_NOT_FOUND/],
    [['--out', 'bad'], /CONFIG_USAGE: There is nothing to import/],
    [['twice.jsonl'], /CONFIG_USAGE: Where to\?/],
    [['twice.jsonl', '--into', 'postgres'], /--into postgres takes --corpus/],
    [['--into', 'mongo'], /--into is "mongo"; expected postgres/],
  ] as const)('refuses %j and leaves nothing behind', async (words, message) => {
    const { code, error } = await turnwise('data', 'import', ...words);
    expect([code, error]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(folder).includes('bad') ? readdirSync(at('bad')) : []).toEqual([]);
  });
});
