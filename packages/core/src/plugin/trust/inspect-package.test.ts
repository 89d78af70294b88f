import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coreVersion } from '../core-version.js';
import { inspectPackage, type PackageInspection } from './inspect-package.js';
import { packageIntegrity } from './package-integrity.js';
import { readPluginLock, writePluginLock } from './plugin-lock.js';

let project = '';
let folder = '';
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'turnwise-inspect-')));
  folder = join(project, 'node_modules/turnwise-reward-tidy');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

const complete = {
  name: 'turnwise-reward-tidy',
  version: '1.2.0',
  description: 'Tidy.',
  type: 'module',
  exports: { '.': { default: './index.js' } },
  peerDependencies: { '@turnwise/core': `^${coreVersion}` },
  turnwise: { apiVersion: 2, kind: 'reward', id: 'tidy' },
};

/** The package with these changes to its package.json; its code must not run. */
function inspected(changes: object, built = true): PackageInspection {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...complete, ...changes }));
  if (built) writeFileSync(join(folder, 'index.js'), 'throw new Error("it ran");');
  return inspectPackage('turnwise-reward-tidy', project) as PackageInspection;
}

const problems = (changes: object, built = true): string[] =>
  inspected(changes, built).problems.map(({ serious, text }) => `${serious ? 'serious' : 'notable'}: ${text}`);

describe('inspectPackage', () => {
  it('says what a package is without running it', () => {
    expect(inspected({ dependencies: { zod: '4' } })).toEqual({
      name: 'turnwise-reward-tidy',
      version: '1.2.0',
      description: 'Tidy.',
      folder,
      manifest: complete.turnwise,
      entry: join(folder, 'index.js'),
      integrity: packageIntegrity(folder),
      dependencies: ['zod'],
      problems: [],
    });
    expect(inspectPackage('turnwise-reward-none', project)).toBeNull();
    writeFileSync(join(folder, 'package.json'), '{');
    expect(() => inspectPackage('turnwise-reward-tidy', project)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_NOT_A_PLUGIN' }),
    );
  });

  it.each<[string, object]>([
    ['no complete "turnwise" entry', { turnwise: { kind: 'reward' } }],
    ['its kind is sauce', { turnwise: { ...complete.turnwise, kind: 'sauce' } }],
    ['it is written for interface 9; this core knows 1 and 2', { turnwise: { ...complete.turnwise, apiVersion: 9 } }],
    ['no entry that can be imported', { exports: {} }],
    ['no entry that can be imported', { exports: { '.': { default: './built-later.js' } } }],
    [
      `it asks for @turnwise/core ^99.0.0; ${coreVersion} is running`,
      { peerDependencies: { '@turnwise/core': '^99.0.0' } },
    ],
  ])('finds serious that %s', (text, changes) => {
    expect(problems(changes)).toEqual([expect.stringMatching(/^serious: /)]);
    expect(problems(changes)[0]).toContain(text);
  });

  it.each<[string, object]>([
    ['its package.json calls it turnwise-reward-messy', { name: 'turnwise-reward-messy' }],
    ['its package.json calls it nothing', { name: undefined }],
    ['it does not say for which core it was made', { peerDependencies: null }],
    ['it brings a core of its own', { dependencies: { '@turnwise/core': '1' } }],
    ['it runs scripts when it is installed: postinstall', { scripts: { postinstall: 'x', test: 'y' } }],
    ['it runs scripts when it is installed: preinstall, install', { scripts: { install: 'x', preinstall: 'y' } }],
  ])('notes that %s', (text, changes) => {
    expect(problems(changes)).toEqual([`notable: ${text}`]);
  });

  it('tells all of it at once', () => {
    expect(problems({ turnwise: null, exports: {}, scripts: { install: 'x' } })).toHaveLength(3);
  });
});

describe('a lock file', () => {
  const locked = (name: string) => ({
    ...{ kind: 'reward', id: 'tidy', name, version: '1.2.0' },
    integrity: `sha256-${'0'.repeat(64)}`,
  });

  it('has its plugins in the order of their names, and reads as it was written', () => {
    const file = join(project, 'turnwise.lock.json');
    expect(readPluginLock(file)).toBeNull();
    writePluginLock(file, ['c', 'a', 'b'].map(locked));
    expect(readPluginLock(file)).toEqual(['a', 'b', 'c'].map(locked));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
  });
});
