import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';

const reward = `
import { defineReward } from '@turnwise/core';
import { z } from 'zod';
export default defineReward({
  apiVersion: 2,
  id: 'looping',
  version: '1.0.0',
  options: z.strictObject({ on: z.string() }),
  create: (_context, { on }) => ({
    shape(group) {
      if (group.question.id === on) for (;;);
      return group.trajectories.map(({ turns }) => ({ outcome: 1, correct: true, turns: turns.map(() => 0) }));
    },
  }),
});
`;
const files = (more: string) => ({
  'run.yaml': `${smallConfiguration}${more}advantage: { use: grpo }\n`,
  'corpus.jsonl': corpusRows,
  'questions.jsonl': questionRows,
  'looping.ts': reward,
});
const isolated = (on: string): string =>
  `reward: { use: ./looping.ts, with: { on: ${on} }, isolation: { kind: worker, timeoutSeconds: 1 } }\n`;

it('a loop in a reward of one file costs its group with quarantine, and without it ends the run with its name', async () => {
  const folder = await folderWith(files(isolated('q2')));
  const [kept, ended] = await Promise.all([
    turnwise(['train', '-c', 'run.yaml', '--set', 'training.quarantine={}', '--set', 'run.name=kept'], folder),
    turnwise(['train', '-c', 'run.yaml', '--set', 'run.name=ended'], folder),
  ]);
  expect(ended.code).toBe(1);
  for (const part of ['CONTRACT_REWARD_TIMEOUT', 'reward looping', 'question q2', '1 s', 'isolation.timeoutSeconds']) {
    expect(ended.stderr).toContain(part);
  }
  expect(kept).toMatchObject({ code: 0 });
  const lines = await groupLines(join(folder, 'runs', 'kept'));
  expect(lines).toHaveLength(2);
  for (const { question, fault } of lines) {
    if (question.id === 'q2') expect(fault).toContain('CONTRACT_REWARD_TIMEOUT: reward looping: question q2');
    else expect(fault).toBeUndefined();
  }
});

async function groupLines(run: string): Promise<{ question: { id: string }; fault?: string }[]> {
  const names = (await readdir(run, { recursive: true })).filter((name) =>
    /groups.*\.jsonl$|trajectories.*\.jsonl$/.test(name),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(run, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never),
  );
}
