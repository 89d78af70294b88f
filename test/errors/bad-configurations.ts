import type { Files } from './bad-folder.js';

/** One fault, or two at once of which the first in the written order of checks must be told. */
export interface BadCase {
  readonly name: string;
  readonly files: Files;
  /** Default: replays the groups with `run.yaml`. */
  readonly words?: readonly string[];
  readonly code: string;
  /** Default 2. */
  readonly exit?: 1 | 2;
  /** What was found: the offending value. */
  readonly value: string;
  /** Where it was asked for. */
  readonly place: string | RegExp;
  /** What would be accepted. */
  readonly accepts: string;
  /** What to do about it. */
  readonly mend: string;
}

const schema = 'turnwise config schema';

export const badConfigurations: readonly BadCase[] = [
  {
    name: 'no such file',
    files: {},
    words: ['replay', 'groups.jsonl', '-c', 'rum.yaml'],
    code: 'CONFIG_NOT_FOUND',
    value: 'rum.yaml',
    place: '-c rum.yaml',
    accepts: 'relative to',
    mend: 'Did you mean "run.yaml"?',
  },
  {
    name: 'YAML that cannot be read',
    files: { 'run.yaml': 'seed: 3\nreward: { use: folr\n' },
    code: 'CONFIG_PARSE',
    value: 'Flow map in block collection',
    place: /run\.yaml:\d+:\d+/,
    accepts: 'valid YAML or JSON',
    mend: 'mend it there',
  },
  {
    name: 'a misspelt key',
    files: { 'run.yaml': 'rollout: { groupsize: 4 }\n' },
    code: 'CONFIG_INVALID',
    value: 'rollout.groupsize',
    place: /run\.yaml:1:\d+/,
    accepts: 'Allowed: ',
    mend: 'Did you mean "groupSize"?',
  },
  {
    name: 'a value of the wrong type',
    files: { 'run.yaml': 'seed: many\n' },
    code: 'CONFIG_INVALID',
    value: 'got "many"',
    place: 'run.yaml:1:7',
    accepts: 'expected a',
    mend: schema,
  },
  {
    name: 'a number out of range',
    files: { 'run.yaml': 'rollout:\n  groupSize: 0\n' },
    code: 'CONFIG_INVALID',
    value: 'got 0',
    place: 'run.yaml:2:14',
    accepts: 'must be at least',
    mend: schema,
  },
  {
    name: 'an unknown strategy',
    files: { 'run.yaml': 'strategy: tpso\n' },
    code: 'CONFIG_INVALID',
    value: '"tpso"',
    place: 'run.yaml:1:11',
    accepts: 'Known: tspo',
    mend: 'Did you mean "tspo"?',
  },
  {
    name: 'a reward without an advantage',
    files: { 'run.yaml': 'reward: { use: folr }\n' },
    code: 'CONFIG_INVALID',
    value: 'advantage is missing',
    place: 'run.yaml',
    accepts: 'reward needs it beside it',
    mend: 'Or name a strategy instead of both.',
  },
  {
    name: 'a strategy of one’s own under the name of a built-in one',
    files: {
      'run.yaml': 'strategy: tspo\nstrategies: { tspo: { reward: { use: folr }, advantage: { use: grpo } } }\n',
    },
    code: 'CONFIG_INVALID',
    value: 'strategies.tspo',
    place: /run\.yaml:2:\d+/,
    accepts: 'is the name of a built-in strategy',
    mend: 'Choose another.',
  },
  {
    name: 'a reward without a name',
    files: { 'run.yaml': 'reward: { weight: 2 }\nadvantage: { use: grpo }\n' },
    code: 'CONFIG_INVALID',
    value: 'reward',
    place: /run\.yaml:1:\d+/,
    accepts: 'missing',
    mend: schema,
  },
];
