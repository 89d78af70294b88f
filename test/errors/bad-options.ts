import type { BadCase } from './bad-configurations.js';
import { file } from './bad-folder.js';
import { place, used } from './one-reward.js';

/** Options a plugin refuses, and what it needs from others. */
export const badOptions: readonly BadCase[] = [
  {
    name: 'a misspelt option (zod)',
    files: { 'run.yaml': used('folr', ', with: { alpah: 1 }') },
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'alpah',
    place: /run\.yaml:1:\d+/,
    accepts: 'Allowed: ',
    mend: 'Did you mean "alpha"?',
  },
  {
    name: 'an option out of range (valibot)',
    files: {
      'run.yaml': used('./mine.ts', ', with: { most: -1 }'),
      'mine.ts': file('Reward', 'create: () => ({ shape: fine })')
        .replace("import { z } from 'zod';\nconst none = z.strictObject({});", "import * as v from 'VALIBOT';")
        .replace('options: none', 'options: v.strictObject({ most: v.pipe(v.number(), v.minValue(0)) })'),
    },
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'got -1',
    place: /run\.yaml:1:\d+/,
    accepts: '>=0',
    mend: 'Mend reward.with.most',
  },
  {
    name: 'an option of the wrong type (arktype)',
    files: {
      'run.yaml': used('./mine.ts', ', with: { most: few }'),
      'mine.ts': file('Reward', 'create: () => ({ shape: fine })')
        .replace("import { z } from 'zod';\nconst none = z.strictObject({});", "import { type } from 'ARKTYPE';")
        .replace('options: none', "options: type({ most: 'number' })"),
    },
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'got "few"',
    place: /run\.yaml:1:\d+/,
    accepts: 'must be a number',
    mend: 'Mend reward.with.most',
  },
  {
    name: 'a reward that needs what the policy does not have',
    files: {
      'run.yaml': `policy: { use: scripted }\ncorpus: { file: corpus.jsonl }\n${used('./mine.ts')}`,
      'mine.ts': file('Reward', "requires: ['policy.scores'], create: () => ({ shape: fine })"),
    },
    words: ['config', 'check', '-c', 'run.yaml'],
    code: 'PLUGIN_CAPABILITY_MISSING',
    value: 'policy.scores',
    place: 'run.yaml:3:16',
    accepts: 'which the policy "scripted" does not provide',
    mend: 'Choose a policy that provides policy.scores',
  },
  {
    name: 'a schema of options that throws',
    files: {
      'run.yaml': used('./mine.ts'),
      'mine.ts': file('Reward', 'create: () => ({ shape: fine })').replace(
        'options: none',
        'options: none.transform(() => { throw new Error("no network") })',
      ),
    },
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'no network',
    place,
    accepts: '{ value } or { issues }',
    mend: 'mend it in the plugin',
  },
  {
    name: 'a schema of options that says nothing',
    files: {
      'run.yaml': used('./mine.ts'),
      'mine.ts': file('Reward', 'create: () => ({ shape: fine })').replace(
        'options: none',
        "options: { '~standard': { version: 1, vendor: 'own', validate: () => undefined } }",
      ),
    },
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'returned undefined',
    place,
    accepts: '{ value } or { issues }',
    mend: 'mend it in the plugin',
  },
];
