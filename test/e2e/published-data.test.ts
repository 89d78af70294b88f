import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { hotpotColumnsRow, hotpotRow, musiqueRow } from '../../packages/core/src/data/published-questions.fixture.js';
import { folderWith, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

/** A process is started, and further commands run whole in this one; on a busy machine that takes a while. */
jest.setTimeout(300_000);

const secondRow = {
  ...hotpotColumnsRow,
  id: 'second',
  question: 'Who wrote Velkar?',
  answer: 'Tinvek',
  supporting_facts: { title: ['Velkar'], sent_id: [1] },
};

function parquet(rows: readonly Readonly<Record<string, unknown>>[]): Uint8Array {
  const columnData = Object.keys(rows[0] ?? {}).map((name) => ({ name, data: rows.map((row) => row[name]) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY' }));
}

const configuration = smallConfiguration
  .replace('train: { file: questions.jsonl }', 'train: { file: data/questions.train.jsonl }')
  .replace('eval: { file: questions.jsonl }', 'eval: { file: data/questions.dev.jsonl }')
  .replace('corpus: { file: corpus.jsonl }', 'corpus: { file: data/corpus.jsonl }');

describe('published data sets', () => {
  it('are imported, evaluated with lunr and trained on', async () => {
    const folder = await folderWith({ 'run.yaml': configuration, 'musique.jsonl': [musiqueRow] });
    await writeFile(join(folder, 'hotpot.parquet'), parquet([hotpotColumnsRow, secondRow]));
    const words = ['data', 'import', '--train', 'hotpot.parquet', '--eval', 'musique.jsonl', '--out', 'data', '--json'];
    const imported = await turnwise(words, folder);
    expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining('importing hotpot.parquet')]);
    expect(JSON.parse(imported.stdout)).toMatchObject({
      questions: [
        { layout: 'HotpotQA and 2WikiMultihopQA', questions: 2, leftOut: 0, missingSupport: 0 },
        { layout: 'MuSiQue', questions: 1 },
      ],
      // Three paragraphs of HotpotQA for both questions, and two of MuSiQue that read differently.
      passages: { count: 5 },
    });
    expect((await readdir(join(folder, 'data'))).sort()).toEqual([
      'corpus.jsonl',
      'questions.dev.jsonl',
      'questions.train.jsonl',
    ]);
    const [first] = (await readFile(join(folder, 'data/questions.train.jsonl'), 'utf8'))
      .split('\n')
      .map((line) => (line === '' ? null : (JSON.parse(line) as Record<string, unknown>)));
    expect(first).toMatchObject({
      id: hotpotRow._id,
      golden_answers: ['Dormun'],
      hops: 2,
      type: 'bridge',
      supporting_ids: [expect.stringMatching(/^Velkar#/), expect.stringMatching(/^Tinvek#/)],
    });

    const evaluated = await turnwiseHere(
      ['eval', '-c', 'run.yaml', '--set', 'policy={use: scripted}', '--json'],
      folder,
    );
    expect(evaluated.code).toBe(0);
    const report = JSON.parse(evaluated.stdout) as Record<string, unknown>;
    expect(report).toMatchObject({
      n: 1,
      goldRetrieved: 1,
      byHops: { 2: { questions: 1 } },
      byType: { '2hop': { questions: 1 } },
      conditions: { corpus: { count: 5 }, retriever: { id: 'lunr' } },
    });
    // The passages it is measured on are the ones of the corpus.
    expect(report['supportingRecall']).toBeGreaterThan(0);

    const trained = await turnwiseHere(['train', '-c', 'run.yaml', '--run-dir', 'run', '--json'], folder);
    expect([trained.code, trained.stderr]).toEqual([0, expect.any(String)]);
    const [line] = (await readFile(join(folder, 'run/trajectories/step-000001.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line ?? '')).toHaveProperty('question.supportingIds');
  });
});
