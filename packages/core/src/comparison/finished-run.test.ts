import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readFinishedRun } from './finished-run.js';
import { scoreOf } from './finished-runs.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-finished-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (...rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const group = (question: string, more: object = {}): object => ({
  step: 1,
  question: { id: question, text: '?', answers: ['gold'] },
  trajectories: [],
  shaped: [],
  advantages: { composition: 'all-wrong' },
  ...more,
});

function runOf(name: string, changes: Readonly<Record<string, string>> = {}): string {
  const run = join(folder, name);
  const files = {
    'manifest.json': JSON.stringify({ seed: 4 }),
    'metrics.jsonl': lines({ step: 0 }, { step: 1 }),
    'evaluations/step-000000.jsonl': lines(scoreOf('q', 0)),
    'evaluations/step-000001.jsonl': lines(scoreOf('q', 1)),
    'trajectories/step-000001.jsonl': lines(
      group('a'),
      group('b', { leftOut: 'faulty' }),
      group('c', { leftOut: 'dead' }),
    ),
    ...changes,
  };
  for (const part of ['evaluations', 'trajectories']) mkdirSync(join(run, part), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(run, file), text);
  return run;
}

describe('readFinishedRun', () => {
  it('reads scores and groups, without those of which a reward said nothing', async () => {
    const { seed, measurements, visits } = await readFinishedRun(runOf('whole'), 'mine');
    expect([seed, measurements.map(({ step, scores }) => [step, scores[0]?.exactMatch])]).toEqual([
      4,
      [
        [0, 0],
        [1, 1],
      ],
    ]);
    expect(visits.map(({ question }) => question)).toEqual(['a', 'c']);
  });

  it('takes the millionth step for a later one', async () => {
    const { visits } = await readFinishedRun(
      runOf('long', {
        'trajectories/step-1000000.jsonl': lines(group('last')),
        'trajectories/step-999999.jsonl': lines(group('one before')),
      }),
      'mine',
    );
    expect(visits.map(({ question }) => question)).toEqual(['a', 'c', 'one before', 'last']);
  });

  it('reads measurements in the order of their steps, and nothing else that lies beside them', async () => {
    const { measurements, visits } = await readFinishedRun(
      runOf('mixed', {
        'evaluations/step-1000000.jsonl': lines(scoreOf('q', 1)),
        'evaluations/step-999999.jsonl': lines(scoreOf('q', 0)),
        'evaluations/old-step-000007.jsonl': 'no',
        'evaluations/step-000008.jsonl.tmp': 'no',
        'trajectories/old-step-000007.jsonl': 'no',
        'trajectories/step-000008.jsonl.tmp': 'no',
      }),
      'mine',
    );
    expect(measurements.map(({ step }) => step)).toEqual([0, 1, 999_999, 1_000_000]);
    expect(visits).toHaveLength(2);
  });

  it('knows a group with a near-miss: a wrong trajectory that was shown a gold answer', async () => {
    const observed = (text: string) => ({
      ...{ id: 't', answer: 'no', stopReason: 'answered' },
      turns: [
        {
          output: { text: '', tokenIds: [], logprobs: [] },
          action: { kind: 'search', query: '' },
          observation: { status: 'ok', text, hits: [] },
        },
      ],
    });
    const wrong = { outcome: 0, correct: false, turns: [0] };
    const of = (question: string, text: string, correct = false) =>
      group(question, { trajectories: [observed(text)], shaped: [{ ...wrong, correct }] });
    const rows = lines(of('near', 'the gold one'), of('far', 'nothing'), of('right', 'the gold one', true));
    const { visits } = await readFinishedRun(runOf('near', { 'trajectories/step-000001.jsonl': rows }), 'mine');
    expect(visits).toEqual([
      { step: 1, question: 'near', composition: 'all-wrong', nearMissed: true },
      { step: 1, question: 'far', composition: 'all-wrong', nearMissed: false },
      { step: 1, question: 'right', composition: 'all-wrong', nearMissed: false },
    ]);
  });

  it('refuses a run without scores before and after training; one without trajectories has no visits', async () => {
    const bare = runOf('bare');
    for (const step of ['evaluations/step-000001.jsonl', 'trajectories']) rmSync(join(bare, step), { recursive: true });
    await expect(readFinishedRun(bare, 'mine')).rejects.toMatchObject({
      ...{ code: 'RUN_CORRUPT', where: join(bare, 'evaluations') },
    });
    writeFileSync(join(bare, 'evaluations/step-000001.jsonl'), lines(scoreOf('q', 1)));
    expect((await readFinishedRun(bare, 'mine')).visits).toEqual([]);
    rmSync(join(bare, 'evaluations'), { recursive: true });
    await expect(readFinishedRun(bare, 'mine')).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
  });

  it.each(['evaluations/step-000001.jsonl', 'trajectories/step-000001.jsonl', 'metrics.jsonl'])(
    'names the line of %s that is damaged',
    async (file) => {
      const run = runOf(file.replace(/\W/g, '-'), { [file]: '{"step":\n' });
      const where = `${join(run, file)}:1`;
      await expect(readFinishedRun(run, 'mine')).rejects.toMatchObject({ code: 'RUN_CORRUPT', where });
    },
  );
});
