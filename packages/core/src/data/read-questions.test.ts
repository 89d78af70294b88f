import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { readQuestions, type ReadQuestionsOptions } from './read-questions.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(...rows: readonly unknown[]): string {
  const file = join(folder, `questions-${files++}.jsonl`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

async function failure(file: string, options?: ReadQuestionsOptions): Promise<TurnwiseError> {
  const error: unknown = await readQuestions(file, options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw new Error(`expected a TurnwiseError, got ${String(error)}`);
  return error;
}

describe('readQuestions', () => {
  it('reads both shapes', async () => {
    const file = write(
      { id: 'a', text: 'Who?', answers: ['X', 'Y'] },
      {
        id: 2,
        question: 'Where?',
        golden_answers: ['Z'],
        type: 'bridge',
        hops: 2,
        supporting_ids: ['p', 3],
        split: 'dev',
        level: 'hard',
      },
    );
    expect(await readQuestions(file)).toEqual([
      { id: 'a', text: 'Who?', answers: ['X', 'Y'] },
      { id: '2', text: 'Where?', answers: ['Z'], type: 'bridge', hops: 2, supportingIds: ['p', '3'] },
    ]);
  });

  it('selects a split and stops at the limit', async () => {
    const rows = Array.from({ length: 6 }, (_, index) => ({
      id: index,
      text: 'Q',
      answers: ['A'],
      split: index % 2 ? 'dev' : 'train',
    }));
    const file = write(...rows);
    expect((await readQuestions(file, { split: 'dev', limit: 2 })).map(({ id }) => id)).toEqual(['1', '3']);
    expect(await readQuestions(file)).toHaveLength(6);
    const error = await failure(file, { split: 'test' });
    expect(error.code).toBe('DATA_EMPTY');
    expect(error.message).toContain('its splits are train, dev');
  });

  it.each([
    [{ id: 'a', text: 'Q' }, /:1: the question a has no gold answer/],
    [{ id: 'a', text: 'Q', answers: [] }, /:1: answers: a question needs at least one gold answer, got \[\]/],
    [{ id: 'a', text: 'Q', answers: ['A', ' '] }, /:1: answers\[1\]: expected text that is not blank, got " "/],
    [{ id: 'a', text: 'Q', golden_answers: 'A' }, /:1: golden_answers: expected a list of gold answers, got "A"/],
    [{ id: 'a', text: 'Q', golden_answers: [1] }, /:1: golden_answers\[0\]: expected text, got 1/],
    [{ id: 'a', answers: ['A'] }, /:1: the question a has neither "text" nor "question"/],
    [{ id: 'a', text: '', answers: ['A'] }, /:1: text: expected text that is not blank/],
    [{ id: 'a', text: 'Q', answers: ['A'], hops: 'two' }, /:1: hops: expected a whole number, got "two"/],
  ])('refuses %j', async (row, message) => {
    const error = await failure(write(row));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toMatch(message);
  });

  it('names both lines of a repeated id', async () => {
    const row = { id: 'a', text: 'Q', answers: ['A'] };
    const error = await failure(write(row, { ...row, id: 'b' }, row));
    expect(error.code).toBe('DATA_DUPLICATE_ID');
    expect(error.message).toMatch(/:3: the question id "a" was already used in line 1/);
  });

  it('refuses an empty file', async () => {
    expect((await failure(write())).code).toBe('DATA_EMPTY');
  });
});
