import type { BadCase } from './bad-configurations.js';
import { exported, installed } from './bad-folder.js';
import { nobody, place, tidy } from './one-reward.js';

const locked = {
  kind: 'reward',
  id: 'tidy',
  name: 'turnwise-reward-tidy',
  version: '0.9.0',
  integrity: `sha256-${'0'.repeat(64)}`,
};

/** Packages that may not run. */
export const badTrust: readonly BadCase[] = [
  {
    name: 'a package nobody allowed',
    files: { 'run.yaml': `${tidy}${nobody}`, ...installed({}, exported('')) },
    code: 'PLUGIN_NOT_ALLOWED',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'Allowed: turnwise-reward-tiny',
    mend: 'add "turnwise-reward-tidy" to plugins.allow',
  },
  {
    name: 'a package that is not locked',
    files: { 'run.yaml': tidy, ...installed({}, exported('')) },
    words: ['replay', 'groups.jsonl', '-c', 'run.yaml', '--locked'],
    code: 'PLUGIN_NOT_LOCKED',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'must be locked',
    mend: 'turnwise plugins lock',
  },
  {
    name: 'a package that changed since it was locked',
    files: {
      'run.yaml': tidy,
      ...installed({}, exported('')),
      'turnwise.lock.json': JSON.stringify({
        version: 1,
        plugins: [locked],
      }),
    },
    code: 'PLUGIN_INTEGRITY',
    value: 'found 1.0.0 sha256-',
    place,
    accepts: `0.9.0 sha256-${'0'.repeat(64)}`,
    mend: 'install turnwise-reward-tidy@0.9.0 again',
  },
  {
    name: 'a lock file that cannot be read',
    files: { 'run.yaml': tidy, ...installed({}, exported('')), 'turnwise.lock.json': '{"version":7}' },
    code: 'PLUGIN_LOCK_INVALID',
    value: 'version',
    place: /case-\d+\/turnwise\.lock\.json/,
    accepts: 'expected 1',
    mend: 'turnwise plugins lock',
  },
  {
    name: 'a lock file with one package twice',
    files: {
      'run.yaml': tidy,
      ...installed({}, exported('')),
      'turnwise.lock.json': JSON.stringify({ version: 1, plugins: [locked, locked] }),
    },
    code: 'PLUGIN_LOCK_INVALID',
    value: 'turnwise-reward-tidy stands there twice',
    place: /case-\d+\/turnwise\.lock\.json/,
    accepts: 'plugins[1].name',
    mend: 'turnwise plugins lock',
  },
  {
    name: 'a package whose manifest cannot be read: nothing of it is imported, also where nothing is locked',
    files: {
      'run.yaml': tidy,
      'node_modules/turnwise-reward-tidy/package.json': '{',
      'node_modules/turnwise-reward-tidy/index.js': 'throw new Error("ran");',
    },
    code: 'PLUGIN_NOT_A_PLUGIN',
    value: 'turnwise-reward-tidy/package.json',
    place,
    accepts: 'a JSON object',
    mend: 'Install the package again',
  },
];
