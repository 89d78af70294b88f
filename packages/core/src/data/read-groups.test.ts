import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { fileDigest } from './file-digest.js';
import { readGroups } from './read-groups.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-groups-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(...rows: readonly unknown[]): string {
  const file = join(folder, `groups-${files++}.jsonl`);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

async function failure(file: string): Promise<TurnwiseError> {
  const error: unknown = await readGroups(file).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw new Error(`expected a TurnwiseError, got ${String(error)}`);
  return error;
}

const answerTurn = { output: { text: '<answer> Paris </answer>' }, action: { kind: 'answer', text: 'Paris' } };
const trajectory = { turns: [answerTurn], answer: 'Paris', stopReason: 'answered' };
const question = { id: 'q1', text: 'Where?', answers: ['Paris'] };

describe('readGroups', () => {
  it('reads a whole line of a run folder and leaves out what a replay makes anew', async () => {
    const recorded = {
      step: 1,
      question,
      trajectories: [
        {
          id: 'q1/0',
          turns: [
            {
              output: { text: '<search> x </search>', tokenIds: [1, 2], logprobs: [-0.5, -0.1] },
              action: { kind: 'search', query: 'x' },
              observation: { status: 'ok', text: 'found', hits: [{ id: 'p3', score: 7.1 }], tokenIds: [4] },
            },
            { ...answerTurn, output: { ...answerTurn.output, tokenIds: [], logprobs: [] }, observation: null },
          ],
          answer: 'Paris',
          stopReason: 'answered',
        },
      ],
      shaped: [{ outcome: 1 }],
      advantages: { turns: [[0.5]] },
    };
    const [group] = await readGroups(write(recorded));
    expect(group).toEqual({ question: recorded.question, trajectories: recorded.trajectories });
  });

  it('fills in what may be missing', async () => {
    const [group] = await readGroups(write({ question, trajectories: [trajectory, { ...trajectory, id: 5 }] }));
    expect(group?.trajectories.map(({ id }) => id)).toEqual(['q1/0', '5']);
    expect(group?.trajectories[0]?.turns[0]).toEqual({
      output: { text: '<answer> Paris </answer>', tokenIds: [], logprobs: [] },
      action: { kind: 'answer', text: 'Paris' },
      observation: null,
    });
  });

  it.each([
    [{ trajectories: [trajectory] }, /:1: question: .*got nothing/],
    [{ question, trajectories: [] }, /:1: trajectories: a group needs at least one trajectory/],
    [{ question: { ...question, answers: [] }, trajectories: [trajectory] }, /:1: question\.answers: .*gold answer/],
    [
      { question, trajectories: [{ ...trajectory, stopReason: 'bored' }] },
      /:1: trajectories\[0\]\.stopReason: expected one of answered, .*got "bored"/,
    ],
    [
      { question, trajectories: [{ ...trajectory, turns: [{ ...answerTurn, action: { kind: 'fly' } }] }] },
      /:1: trajectories\[0\]\.turns\[0\]\.action.*expected an action/,
    ],
    [
      {
        question,
        trajectories: [
          { ...trajectory, turns: [{ ...answerTurn, output: { text: 'x', tokenIds: [1], logprobs: [-1, -2] } }] },
        ],
      },
      /:1: trajectories\[0\]\.turns\[0\]\.output\.logprobs: expected one log-probability for each token id/,
    ],
  ])('names the field that is wrong, case %#', async (row, message) => {
    const error = await failure(write(row));
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toMatch(message);
  });

  it('refuses an empty file', async () => {
    expect((await failure(write())).code).toBe('DATA_EMPTY');
  });
});

describe('fileDigest', () => {
  it('is the SHA-256 of the bytes', async () => {
    const file = join(folder, 'abc');
    writeFileSync(file, 'abc');
    expect(await fileDigest(file)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
