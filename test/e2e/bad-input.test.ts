import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { corpusRows, folderWith, questionRows, smallConfiguration, turnwise } from './command-line.js';
import { turnwiseHere } from './command-line-here.js';

const good = { 'run.yaml': smallConfiguration, 'corpus.jsonl': corpusRows, 'questions.jsonl': questionRows };
const rewardPlugin = (rewards: string): string => `
import { defineReward } from '@turnwise/core';
const accept = { '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) } };
export default defineReward({
  id: 'broken',
  version: '1.0.0',
  options: accept,
  create: () => ({
    shape: (group) => group.trajectories.map((trajectory) => ({ outcome: 0, correct: false, turns: ${rewards} })),
  }),
});
`;
const withReward = `${smallConfiguration}reward: { use: ./broken.ts }\nadvantage: { use: grpo }\n`;

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string | readonly unknown[]>>;
  readonly set?: readonly string[];
  readonly code: 1 | 2;
  /** Whether in a process of its own: one of each code is; the others go through the same command line in this one. */
  readonly apart?: true;
  /** Each must stand in the message. */
  readonly says: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    name: 'an unknown strategy',
    files: good,
    set: ['strategy=tsop'],
    code: 2,
    apart: true,
    says: ['CONFIG_INVALID', 'tsop', 'tspo', 'grpo', 'outcome-only', '--set strategy=tsop'],
  },
  {
    name: 'a misspelt key',
    files: { ...good, 'run.yaml': smallConfiguration.replace('groupSize', 'groupsize') },
    code: 2,
    says: ['CONFIG_INVALID', /run\.yaml:8:\d+/, 'groupsize', 'groupSize'],
  },
  {
    name: 'a missing corpus file',
    files: { ...good, 'run.yaml': smallConfiguration.replace('corpus.jsonl', 'corpse.jsonl') },
    code: 2,
    says: ['DATA_NOT_FOUND', 'corpse.jsonl'],
  },
  {
    name: 'a malformed line of JSON',
    files: { ...good, 'corpus.jsonl': `${JSON.stringify(corpusRows[0])}\n{"id": "p2", "title": \n` },
    code: 2,
    says: ['DATA_INVALID', /corpus\.jsonl:2/],
  },
  {
    name: 'duplicate passage ids',
    files: { ...good, 'corpus.jsonl': [...corpusRows, corpusRows[1]] },
    code: 2,
    says: ['DATA_DUPLICATE_ID', 'p2', /corpus\.jsonl:4/, /2/],
  },
  { name: 'an empty corpus', files: { ...good, 'corpus.jsonl': '' }, code: 2, says: ['DATA_EMPTY', 'corpus.jsonl'] },
  {
    name: 'a question without gold answers',
    files: { ...good, 'questions.jsonl': [questionRows[0], { id: 'q2', question: 'Why?', golden_answers: [] }] },
    code: 2,
    says: ['DATA_INVALID', /questions\.jsonl:2/, 'golden_answers'],
  },
  {
    name: 'a plugin of the wrong kind',
    files: { ...good, 'broken.ts': rewardPlugin('[]') },
    set: ['search.use=./broken.ts'],
    code: 2,
    says: ['PLUGIN_KIND_MISMATCH', 'reward', 'search', 'broken.ts'],
  },
  {
    name: 'an option the plugin does not know',
    files: good,
    set: ['search.with.bost=2'],
    code: 2,
    says: ['PLUGIN_OPTIONS_INVALID', 'bost', 'lunr'],
  },
  {
    name: 'a reward that returns NaN',
    files: { ...good, 'run.yaml': withReward, 'broken.ts': rewardPlugin('trajectory.turns.map(() => Number.NaN)') },
    code: 1,
    apart: true,
    says: ['CONTRACT_REWARD_NOT_FINITE', 'broken', 'NaN'],
  },
  {
    name: 'a reward of the wrong length',
    files: { ...good, 'run.yaml': withReward, 'broken.ts': rewardPlugin('[...trajectory.turns, 0].map(() => 0)') },
    code: 1,
    says: ['CONTRACT_REWARD_LENGTH', 'broken'],
  },
];

/** Those that start a process take a while on a busy machine. */
const patience = 300_000;

describe('turnwise train, given', () => {
  it.each(cases)(
    '$name, says so and exits with $code',
    async ({ files, set = [], code, says, apart }) => {
      const folder = await folderWith(files);
      const settings = set.flatMap((setting) => ['--set', setting]);
      const words = ['train', '-c', 'run.yaml', ...settings, '--run-dir', join(folder, 'out')];
      const result = await (apart ? turnwise(words, folder) : turnwiseHere(words, folder));
      for (const text of says) expect(result.stderr).toEqual(expect.stringMatching(pattern(text)));
      expect(result.code).toBe(code);
      expect(result.stdout).toBe('');
      // One message, not a stack trace.
      expect(result.stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
      if (code === 2) expect(existsSync(join(folder, 'out'))).toBe(false);
      else {
        // The step that failed left nothing behind: no step, no checkpoint.
        expect(existsSync(join(folder, 'out', 'trajectories', 'step-000001.jsonl'))).toBe(false);
        expect(existsSync(join(folder, 'out', 'checkpoints', 'step-000001'))).toBe(false);
      }
    },
    patience,
  );
});

function pattern(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text;
}
