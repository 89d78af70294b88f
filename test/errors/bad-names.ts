import type { BadCase } from './bad-configurations.js';
import { place, tidy, used } from './one-reward.js';

/** Plugins that are not where the configuration looks for them. */
export const badNames: readonly BadCase[] = [
  {
    name: 'an unknown short id',
    files: { 'run.yaml': used('flor') },
    code: 'PLUGIN_NOT_FOUND',
    value: '"flor"',
    place,
    accepts: 'Built-in: ',
    mend: 'Did you mean "folr"?',
  },
  {
    name: 'a file that is not there',
    files: { 'run.yaml': used('./mine.ts') },
    code: 'PLUGIN_NOT_FOUND',
    value: 'mine.ts',
    place,
    accepts: 'relative to its folder',
    mend: 'Name the file with its extension',
  },
  {
    name: 'a package that is not installed',
    files: { 'run.yaml': tidy },
    code: 'PLUGIN_NOT_FOUND',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'upwards',
    mend: 'npm install turnwise-reward-tidy',
  },
  {
    name: 'a package that was not built',
    files: {
      'run.yaml': tidy,
      'node_modules/turnwise-reward-tidy/package.json':
        '{"name":"turnwise-reward-tidy","version":"1.0.0","exports":{"./other":"./x.js"},"turnwise":{"apiVersion":2,"kind":"reward","id":"tidy"}}',
    },
    code: 'PLUGIN_NOT_FOUND',
    value: '"turnwise-reward-tidy"',
    place,
    accepts: 'exports["."]',
    mend: 'must be built',
  },
  {
    name: 'a path that begins like a package',
    files: { 'run.yaml': used('turnwise-x/../../evil') },
    code: 'PLUGIN_NOT_FOUND',
    value: '"turnwise-x/../../evil"',
    place,
    accepts: 'turnwise-reward-<id> or @scope/turnwise-reward-<id>',
    mend: 'a file begins with ./',
  },
];
