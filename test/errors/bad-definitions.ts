import type { BadCase } from './bad-configurations.js';
import { file, type Files } from './bad-folder.js';
import { place, used } from './one-reward.js';

const mine = (declaration: string): Files => ({
  'run.yaml': used('./mine.ts'),
  'mine.ts': file('Reward', declaration),
});

/** What JavaScript lets an author give a define function. */
export const badDefinitions: readonly BadCase[] = [
  {
    name: 'no options',
    files: mine('options: undefined, create: () => ({ shape: fine })'),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'its options are missing',
    place,
    accepts: 'z.strictObject({ ... })',
    mend: 'z.strictObject({}) for none',
  },
  {
    name: 'options that are no schema',
    files: mine('options: { words: z.number() }, create: () => ({ shape: fine })'),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'no schema that speaks Standard Schema',
    place,
    accepts: 'valibot or arktype',
    mend: 'Write options: z.strictObject',
  },
  {
    name: 'no create',
    files: mine(''),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'its create is missing',
    place,
    accepts: '(context, options) => ({ shape })',
    mend: 'Write create:',
  },
  {
    name: 'no id',
    files: mine('id: undefined, create: () => ({ shape: fine })'),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'its id is missing',
    place,
    accepts: 'kebab-case',
    mend: 'Give it an id',
  },
  {
    name: 'an id that is no name',
    files: mine("id: 'Answer Brevity', create: () => ({ shape: fine })"),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'its id is "Answer Brevity"',
    place,
    accepts: 'kebab-case',
    mend: 'Give it an id',
  },
  {
    name: 'no version',
    files: mine('version: undefined, create: () => ({ shape: fine })'),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'its version is missing',
    place,
    accepts: 'version',
    mend: 'Write version:',
  },
  {
    name: 'a capability that is none',
    files: mine("requires: ['policy.score'], create: () => ({ shape: fine })"),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'requires "policy.score"',
    place,
    accepts: 'policy.scores, reward.turns',
    mend: 'Did you mean "policy.scores"?',
  },
  {
    name: 'capabilities that are no list',
    files: mine("provides: 'reward.turns', create: () => ({ shape: fine })"),
    code: 'PLUGIN_DEFINITION_INVALID',
    value: 'provides is "reward.turns"',
    place,
    accepts: 'Capabilities are',
    mend: 'no list',
  },
];
