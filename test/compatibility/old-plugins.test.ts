import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { turnwise } from '../e2e/command-line.js';

const here = fileURLToPath(new URL('.', import.meta.url));

it('runs plugins that were built for earlier interfaces, outside the workspace, also where they must be locked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-old-'));
  mkdirSync(join(folder, 'node_modules', '@turnwise'), { recursive: true });
  for (const name of ['turnwise-reward-brevity', 'turnwise-advantage-centred']) {
    cpSync(join(here, name), join(folder, 'node_modules', name), { recursive: true });
  }
  symlinkSync(join(here, '../../packages/core'), join(folder, 'node_modules/@turnwise/core'));
  const turn = {
    output: { text: '', tokenIds: [], logprobs: [] },
    action: { kind: 'answer', text: 'x' },
    observation: null,
  };
  const member = (id: string, turns: object[]) => ({ id, turns, answer: 'x', stopReason: 'answered' });
  const group = {
    question: { id: 'q', text: '?', answers: ['x'] },
    trajectories: [member('q/0', [turn]), member('q/1', [turn, turn, turn])],
  };
  writeFileSync(join(folder, 'groups.jsonl'), `${JSON.stringify(group)}\n`);
  writeFileSync(
    join(folder, 'run.yaml'),
    'reward: { use: turnwise-reward-brevity }\nadvantage: { use: turnwise-advantage-centred }\n',
  );
  expect(await turnwise(['plugins', 'lock', '-c', 'run.yaml'], folder)).toMatchObject({ code: 0 });
  const result = await turnwise(['replay', 'groups.jsonl', '-c', 'run.yaml', '--json', '--locked'], folder);
  expect(result.stderr).not.toContain('error');
  const line = JSON.parse(result.stdout) as { shaped: { outcome: number }[]; advantages: { turns: number[][] } };
  expect(line.shaped.map(({ outcome }) => outcome)).toEqual([0.5, 0.25]);
  expect(line.advantages.turns).toEqual([[0.125], [-0.125, -0.125, -0.125]]);
  rmSync(folder, { recursive: true });
}, 120_000);
