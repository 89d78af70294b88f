import type { BadCase } from './bad-configurations.js';
import { exported, file, installed } from './bad-folder.js';
import { nobody, place, tidy, used } from './one-reward.js';

const validator = (body: string): string =>
  `options: { '~standard': { version: 1, vendor: 'none', validate: () => ({ issues: [${body}] }) } },`;

/** Two faults at once: the one that the written order of checks comes to first is told. */
export const twoFaults: readonly BadCase[] = [
  {
    name: 'not there, and the next one not allowed: the finding comes first, in the order of the configuration',
    files: {
      'run.yaml': `reward:\n  - use: flor\n  - use: turnwise-reward-tidy\nadvantage: { use: grpo }\n${nobody}`,
      ...installed({}, exported('')),
    },
    code: 'PLUGIN_NOT_FOUND',
    value: '"flor"',
    place: 'run.yaml:2:10',
    accepts: 'Built-in: ',
    mend: 'Did you mean "folr"?',
  },
  {
    name: 'no manifest, and not allowed: manifest before trust',
    files: { 'run.yaml': `${tidy}${nobody}`, ...installed(null, exported('')) },
    code: 'PLUGIN_NOT_A_PLUGIN',
    value: 'no complete "turnwise" entry',
    place,
    accepts: '"kind": "reward"',
    mend: 'package.json has "turnwise"',
  },
  {
    name: 'wrong kind and wrong interface: kind before interface',
    files: { 'run.yaml': tidy, ...installed({ kind: 'search', apiVersion: 9 }, exported('')) },
    code: 'PLUGIN_KIND_MISMATCH',
    value: 'a search plugin',
    place,
    accepts: 'a reward is asked for here',
    mend: 'Move it to `search:`',
  },
  {
    name: 'wrong interface, and not allowed: manifest before trust',
    files: { 'run.yaml': `${tidy}${nobody}`, ...installed({ apiVersion: 9 }, exported('')) },
    code: 'PLUGIN_API_UNSUPPORTED',
    value: 'interface 9',
    place,
    accepts: 'knows 1 and 2',
    mend: 'Install a version of the plugin made for this core',
  },
  {
    name: 'not allowed, and it throws when imported: its code does not run',
    files: { 'run.yaml': `${tidy}${nobody}`, ...installed({}, 'throw new Error("ran");\n') },
    code: 'PLUGIN_NOT_ALLOWED',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'Allowed: turnwise-reward-tiny',
    mend: 'add "turnwise-reward-tidy" to plugins.allow',
  },
  {
    name: 'not locked, and it throws when imported: its code does not run',
    files: { 'run.yaml': tidy, ...installed({}, 'throw new Error("ran");\n') },
    words: ['replay', 'groups.jsonl', '-c', 'run.yaml', '--locked'],
    code: 'PLUGIN_NOT_LOCKED',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'must be locked',
    mend: 'turnwise plugins lock',
  },
  {
    name: 'an unmarked export of another id: mark before manifest',
    files: { 'run.yaml': tidy, ...installed({ id: 'neat' }, 'export default { id: "tidy" };\n') },
    code: 'PLUGIN_NOT_A_PLUGIN',
    value: 'keys: id',
    place,
    accepts: 'defineReward({ id, version, options, create })',
    mend: 'Write `export default',
  },
  {
    name: 'another id and another core: manifest against export before core range',
    files: { 'run.yaml': tidy, ...installed({ id: 'neat' }, exported("core: '^9.0.0',")) },
    code: 'PLUGIN_MANIFEST_MISMATCH',
    value: '"neat"',
    place,
    accepts: '"tidy" in its export',
    mend: 'the default export agree',
  },
  {
    name: 'another core and bad options: core range before options',
    files: {
      'run.yaml': used('turnwise-reward-tidy', ', with: { a: 1 }'),
      ...installed({}, exported(`core: '^9.0.0', ${validator("{ message: 'no', path: ['a'] }")}`)),
    },
    code: 'PLUGIN_CORE_RANGE',
    value: '^9.0.0',
    place,
    accepts: 'is running',
    mend: 'npm install @turnwise/core@"^9.0.0"',
  },
  {
    name: 'one id twice and bad options: ids before options',
    files: { 'run.yaml': 'reward:\n  - use: folr\n    with: { alpah: 1 }\n  - use: folr\nadvantage: { use: grpo }\n' },
    code: 'PLUGIN_DUPLICATE_ID',
    value: '"folr"',
    place: 'run.yaml:4:10',
    accepts: 'Each plugin of a kind may be used once',
    mend: 'change `weight`',
  },
  {
    name: 'bad options and a missing capability: options before capabilities',
    files: {
      'run.yaml': `policy: { use: scripted }\ncorpus: { file: corpus.jsonl }\n${used('./mine.ts', ', with: { a: 1 }')}`,
      'mine.ts': file('Reward', "requires: ['policy.scores'], create: () => ({ shape: fine })"),
    },
    words: ['config', 'check', '-c', 'run.yaml'],
    code: 'PLUGIN_OPTIONS_INVALID',
    value: 'with.a',
    place: /run\.yaml:3:\d+/,
    accepts: 'It has no options',
    mend: 'Mend reward.with.a',
  },
];
