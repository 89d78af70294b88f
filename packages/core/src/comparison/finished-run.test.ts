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

  it.each(['evaluations/step-000001.jsonl', 'trajectories/step-000001.jsonl', 'metrics.jsonl'])(
    'names the line of %s that is damaged',
    async (file) => {
      const run = runOf(file.replace(/\W/g, '-'), { [file]: '{"step":\n' });
      const where = `${join(run, file)}:1`;
      await expect(readFinishedRun(run, 'mine')).rejects.toMatchObject({ code: 'RUN_CORRUPT', where });
    },
  );
});
