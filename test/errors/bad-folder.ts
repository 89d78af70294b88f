import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommandLine } from 'turnwise';

/** Contents by path. */
export type Files = Readonly<Record<string, string>>;

const turn = { output: { text: '', tokenIds: [], logprobs: [] }, action: { kind: 'answer', text: 'x' } };
const member = (id: string): object => ({
  id,
  turns: [{ ...turn, observation: null }],
  answer: 'x',
  stopReason: 'answered',
});
const group = {
  question: { id: 'q1', text: 'Who?', answers: ['x'] },
  trajectories: [member('q1/0'), member('q1/1')],
};

/** What every case needs: groups to replay, a corpus to search, questions. */
const data: Files = {
  'groups.jsonl': `${JSON.stringify(group)}\n`,
  'corpus.jsonl': '{"id":"p1","title":"Velkar","text":"Velkar was written by Tinvek."}\n',
  'questions.jsonl': '{"id":"q1","question":"Who wrote Velkar?","golden_answers":["Tinvek"]}\n',
};

/** A plugin in one file, as its author writes it. */
export function file(kind: 'Reward' | 'Advantage' | 'SearchTool', declaration: string): string {
  return `import { define${kind} } from '@turnwise/core';
import { z } from 'zod';
const none = z.strictObject({});
const fine = (group) => group.trajectories.map(({ turns }) => ({ outcome: 0, correct: false, turns: turns.map(() => 0) }));
export default define${kind}({ id: 'broken', version: '1.0.0', options: none, ${declaration} });
`;
}

/** What a built package exports: marked as `defineReward` marks it. */
export const exported = (more: string): string => `export default {
  [Symbol.for('turnwise.plugin')]: true,
  kind: 'reward',
  id: 'tidy',
  version: '1.0.0',
  apiVersion: 2,
  options: { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } },
  create: () => ({ shape: () => [] }),
  ${more}
};
`;

/** The files of an installed package `turnwise-reward-tidy`. `manifest: null`: without a `turnwise` entry. */
export function installed(
  manifest: object | null,
  source: string,
  name = 'turnwise-reward-tidy',
  more: object = {},
): Files {
  const content = { ...more, name, version: '1.0.0', type: 'module', exports: { '.': { default: './index.mjs' } } };
  const turnwise = manifest === null ? {} : { turnwise: { apiVersion: 2, kind: 'reward', id: 'tidy', ...manifest } };
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ ...content, ...turnwise }),
    [`node_modules/${name}/index.mjs`]: source,
  };
}

export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries({ ...data, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Runs the command line in this process. */
export async function run(
  words: readonly string[],
  folder: string,
): Promise<{ exit: number; out: string; error: string }> {
  let out = '';
  let error = '';
  const exit = await runCommandLine([...words], {
    writeOut: (text) => {
      out += text;
      return Promise.resolve();
    },
    error: { write: (text) => void (error += text) },
    currentFolder: folder,
    onInterrupt: () => () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code}`);
    },
  });
  return { exit, out, error };
}
