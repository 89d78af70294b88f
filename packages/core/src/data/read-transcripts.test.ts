import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TurnwiseError } from '../errors/index.js';
import { readGroups } from './read-groups.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-transcripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(content: string | Buffer | readonly unknown[]): string {
  const file = join(folder, `transcripts-${files++}.jsonl`);
  const isRows = typeof content !== 'string' && !Buffer.isBuffer(content);
  writeFileSync(file, isRows ? content.map((row) => `${JSON.stringify(row)}\n`).join('') : content);
  return file;
}

async function failure(content: Parameters<typeof write>[0]): Promise<TurnwiseError> {
  const error: unknown = await readGroups(write(content)).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!TurnwiseError.is(error)) throw new Error(`expected a TurnwiseError, got ${String(error)}`);
  return error;
}

const right = '<answer> Bonn </answer>';
const wrong = '<search> x </search>\n\n<information>Bonn is old.</information>\n\n<answer> Paris </answer>';

describe('readGroups, of transcripts', () => {
  it('reads one row a question, as Search-R1 and the generation of verl write it', async () => {
    const rows = [
      { id: 'train_0', question: 'Where?', golden_answers: ['Bonn', 'Bonn, Germany'], responses: [right, wrong] },
      {
        data_source: 'nq',
        prompt: [{ role: 'user', content: 'Answer it. For example, Question: no? Question: Where?\n' }],
        reward_model: { style: 'rule', ground_truth: { target: ['Bonn'] } },
        extra_info: { split: 'test', index: 7 },
        responses: [right],
      },
    ];
    const groups = await readGroups(write(rows));
    expect(groups.map(({ question }) => question)).toEqual([
      { id: 'train_0', text: 'Where?', answers: ['Bonn', 'Bonn, Germany'] },
      { id: '7', text: 'Where?', answers: ['Bonn'] },
    ]);
    expect(groups[0]?.trajectories).toMatchObject([
      { id: 'train_0/0', answer: 'Bonn' },
      { id: 'train_0/1', answer: 'Paris', turns: [{ observation: { status: 'ok' } }, {}] },
    ]);
    expect(groups[1]?.trajectories[0]?.prompt?.text).toContain('For example');
  });

  it('puts rows of one response together: by uid, by index within a data source, by prompt, and never across steps', async () => {
    const question = { question: 'Where?', ground_truth: 'Bonn', response: right };
    const byUid = await readGroups(write([1, 2, 1].map((uid) => ({ ...question, uid }))));
    expect(byUid.map(({ trajectories }) => trajectories.map(({ id }) => id))).toEqual([['1/0', '1/1'], ['2/0']]);
    const byIndex = await readGroups(
      write(['nq', 'tqa', 'nq'].map((source) => ({ ...question, data_source: source, index: 3 }))),
    );
    expect(byIndex.map(({ trajectories }) => trajectories.length)).toEqual([2, 1]);
    const dump = [1, 1, 2].map((step) => ({
      input: 'user\nQuestion: Where?\n',
      output: wrong,
      gts: ['Bonn'],
      score: 0,
      step,
    }));
    const bySteps = await readGroups(write(dump));
    expect(bySteps.map(({ question, trajectories }) => [question.id, question.text, trajectories.length])).toEqual([
      ['line-1', 'Where?', 2],
      ['line-3', 'Where?', 1],
    ]);
  });

  it('leaves the prompt out of a response that repeats it', async () => {
    const template =
      '<|im_start|>user\nLike <answer> Beijing </answer>. Question: Where?<|im_end|>\n<|im_start|>assistant\n';
    const rows = [
      {
        question: 'Where?',
        answers: 'Bonn',
        prompt: 'Like <answer> Rome </answer>: ',
        responses: [`Like <answer> Rome </answer>: ${right}`],
      },
      { question: 'Where?', answers: 'Bonn', responses: [template + right] },
    ];
    for (const { trajectories } of await readGroups(write(rows))) expect(trajectories[0]?.answer).toBe('Bonn');
  });

  it.each([
    [
      [{ text: 'a passage', id: 3 }],
      /:1: trajectories: expected a recorded group .* or a transcript .*, got the keys text, id/,
    ],
    [['hello'], /:1: trajectories: expected .*, got a string/],
    [[{ question: 'Where?', responses: [right] }], /:1: golden_answers: .*"reward_model\.ground_truth", got nothing/],
    [[{ golden_answers: ['Bonn'], responses: [right] }], /:1: question: .*"prompt".*got nothing/],
    [[{ question: 'Where?', golden_answers: [], responses: [right] }], /:1: golden_answers: .*got \[\]/],
    [[{ question: 'Where?', answers: ['Bonn'], responses: [right, 5] }], /:1: responses\[1\]: expected text, got 5/],
    [[{ question: 'Where?', answers: ['Bonn'], responses: [] }], /:1: responses: expected at least one response/],
    [
      [1, 2].map((number) => ({ uid: 'u', question: `Where ${number}?`, answers: ['Bonn'], response: right })),
      /:2: question: the row belongs to the group of line 1 but has another question/,
    ],
    [
      '{"question": "Where?", "answers": ["Bonn"], "responses": ["<sea',
      /:1: not valid JSON, the line is cut off in responses\[0\]/,
    ],
    ['{"question": "Where?", "score": NaN}\n', /:1: not valid JSON.*NaN/],
    ['{"question": "Where?", "answers": ["Bonn",]}\n', /:1: not valid JSON/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /:1: the line is not valid UTF-8/],
    [Buffer.from([0, 0x1b, 0x5b, 0x32, 0x4a, 0]), /:1: not valid JSON .*\\u0000\\u001b\[2J/],
  ])('names line and field of what is wrong, case %#', async (content, message) => {
    const error = await failure(content);
    expect(error.code).toBe('DATA_INVALID');
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
  });
});
