import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { coreVersion } from '@turnwise/core';
import { runInProcess, type Outcome } from '../in-process.fixture.js';

const root = mkdtempSync(join(tmpdir(), 'turnwise-trust-'));
afterAll(() => rmSync(root, { recursive: true }));
const ci = process.env['CI'];
beforeEach(() => {
  delete process.env['CI'];
});
afterEach(() => {
  if (ci !== undefined) process.env['CI'] = ci;
});

const group = {
  question: { id: 'q', text: '?', answers: ['x'] },
  trajectories: [{ id: 'q/0', turns: [], answer: 'x', stopReason: 'answered' }],
};
let count = 0;

/** A project that names one installed package, whose import leaves a mark. */
function project(changes: { package?: object; config?: object } = {}): { folder: string; mark: string } {
  const folder = join(root, `p${count++}`);
  const mark = join(folder, 'imported');
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const manifest = {
    name: '@acme/turnwise-reward-brevity',
    version: '1.2.3',
    type: 'module',
    exports: { '.': { default: './index.js' } },
    peerDependencies: { '@turnwise/core': `^${coreVersion}` },
    turnwise: { apiVersion: 2, kind: 'reward', id: 'brevity' },
  };
  write('node_modules/@acme/turnwise-reward-brevity/package.json', JSON.stringify({ ...manifest, ...changes.package }));
  write(
    'node_modules/@acme/turnwise-reward-brevity/index.js',
    `import { writeFileSync } from 'node:fs';
import { part } from './part.js';
writeFileSync(${JSON.stringify(mark)}, '');
const options = { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } };
export default { [Symbol.for('turnwise.plugin')]: true, apiVersion: 2, kind: 'reward', id: 'brevity', version: '1.2.3', options,
  create: () => ({ shape: ({ trajectories }) => trajectories.map(({ turns }) => ({ outcome: part, correct: true, turns: turns.map(() => part) })) }) };`,
  );
  write('node_modules/@acme/turnwise-reward-brevity/part.js', 'export const part = 0.5;');
  write('groups.jsonl', `${JSON.stringify(group)}\n`);
  const config = { reward: { use: '@acme/turnwise-reward-brevity' }, advantage: { use: 'grpo' }, ...changes.config };
  write('run.json', JSON.stringify(config));
  return { folder, mark };
}

/** Another package beside it. */
function installOther(folder: string): string {
  const other = join(folder, 'node_modules/turnwise-tracker-other');
  mkdirSync(other, { recursive: true });
  writeFileSync(join(other, 'index.js'), 'throw new Error("imported");');
  writeFileSync(
    join(other, 'package.json'),
    JSON.stringify({
      name: 'turnwise-tracker-other',
      version: '1.0.0',
      exports: { '.': { default: './index.js' } },
      turnwise: { apiVersion: 1, kind: 'tracker', id: 'other' },
    }),
  );
  return other;
}

const turnwise = (folder: string, ...words: string[]): Promise<Outcome> => runInProcess(words, { folder });
const replay = (folder: string, ...words: string[]) =>
  turnwise(folder, 'replay', 'groups.jsonl', '-c', 'run.json', '--json', ...words);

it('runs what is installed when nothing is locked, and refuses it unimported under --locked and in CI', async () => {
  const { folder, mark } = project();
  expect((await replay(folder)).code).toBe(0);
  rmSync(mark);
  const locked = await replay(folder, '--locked');
  expect(locked).toMatchObject({ code: 2, out: '' });
  expect(locked.error).toContain('error PLUGIN_NOT_LOCKED: run.json:1:');
  expect(locked.error).toContain('"@acme/turnwise-reward-brevity" must be locked (--locked), and there is no');
  expect(locked.error).toContain('turnwise plugins lock');
  process.env['CI'] = 'true';
  expect((await replay(folder)).error).toContain('the environment variable CI is set');
  expect(existsSync(mark)).toBe(false);
});

it('locks what is installed, importing nothing, and notices any change of any of its files', async () => {
  const { folder, mark } = project();
  const lock = await turnwise(folder, 'plugins', 'lock', '-c', 'run.json');
  expect(lock.code).toBe(0);
  expect(lock.out.split('\n')[0]).toContain('run with your full rights');
  expect(existsSync(mark)).toBe(false);
  const file = JSON.parse(readFileSync(join(folder, 'turnwise.lock.json'), 'utf8')) as { plugins: object[] };
  expect(file.plugins).toEqual([
    {
      kind: 'reward',
      id: 'brevity',
      name: '@acme/turnwise-reward-brevity',
      version: '1.2.3',
      integrity: expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
    },
  ]);
  expect((await replay(folder, '--locked')).code).toBe(0);
  rmSync(mark);
  writeFileSync(join(folder, 'node_modules/@acme/turnwise-reward-brevity/part.js'), 'export const part = 99;');
  for (const words of [['--locked'], []]) {
    const changed = await replay(folder, ...words);
    expect(changed.code).toBe(2);
    expect(changed.error).toContain('PLUGIN_INTEGRITY');
    expect(changed.error).toContain('is not what was locked: 1.2.3 sha256-');
  }
  expect(existsSync(mark)).toBe(false);
});

it('keeps to plugins.allow', async () => {
  const { folder } = project({ config: { plugins: { allow: ['@acme/turnwise-reward-brevty'] } } });
  const refused = await replay(folder);
  expect(refused.code).toBe(2);
  expect(refused.error).toContain('PLUGIN_NOT_ALLOWED');
  expect(refused.error).toContain('Did you mean "@acme/turnwise-reward-brevty"?');
});

it('says when a lock file is none', async () => {
  const { folder } = project();
  writeFileSync(join(folder, 'turnwise.lock.json'), '{"version":2}');
  expect((await replay(folder)).error).toContain('PLUGIN_LOCK_INVALID');
});

it('lets built-ins and files of the project run in CI', async () => {
  const { folder } = project({ config: { reward: { use: 'outcome' } } });
  process.env['CI'] = 'true';
  expect((await replay(folder)).code).toBe(0);
});

it('inspects without importing, and adds without installing', async () => {
  const { folder, mark } = project({ config: { reward: { use: 'outcome' } } });
  const inspected = await turnwise(folder, 'plugins', 'inspect', '@acme/turnwise-reward-brevity');
  expect(inspected.out).toContain('reward brevity, interface 2');
  const missing = await turnwise(folder, 'plugins', 'add', 'turnwise-reward-none', '-c', 'run.json');
  expect(missing.error).toContain('npm install --save-exact turnwise-reward-none. Nothing is installed for you.');
  const added = await turnwise(folder, 'plugins', 'add', '@acme/turnwise-reward-brevity', '-c', 'run.json');
  expect(added.out).toContain('reward: { use: "@acme/turnwise-reward-brevity" }');
  expect(existsSync(join(folder, 'turnwise.lock.json'))).toBe(true);
  expect(existsSync(mark)).toBe(false);
});

it.each([
  [
    'another interface',
    { turnwise: { apiVersion: 9, kind: 'reward', id: 'brevity' } },
    'interface 9; this core knows 1 and 2',
  ],
  [
    'another core',
    { peerDependencies: { '@turnwise/core': '^99' } },
    `it asks for @turnwise/core ^99; ${coreVersion} is running`,
  ],
  ['no manifest', { turnwise: undefined }, 'no complete "turnwise" entry'],
  ['nothing built', { exports: { '.': { default: './dist/index.js' } } }, 'no entry that can be imported'],
])('the doctor finds %s', async (_what, changes, text) => {
  const { folder } = project({ package: changes });
  const found = await turnwise(folder, 'plugins', 'doctor', '-c', 'run.json');
  expect(found.code).toBe(2);
  expect(found.error).toContain('PLUGIN_UNSOUND');
  expect(found.error).toContain(text);
});

it('the doctor is content with a sound plugin, and tells of what it runs when installed', async () => {
  const { folder } = project({ package: { scripts: { postinstall: 'node fetch.js' } } });
  const found = await turnwise(folder, 'plugins', 'doctor', '-c', 'run.json');
  expect(found.code).toBe(0);
  expect(found.out).toContain('it runs scripts when it is installed: postinstall');
});

it('adding one package trusts no other anew: entries of others stay as they were decided on', async () => {
  const { folder } = project();
  expect((await turnwise(folder, 'plugins', 'lock', '-c', 'run.json')).code).toBe(0);
  const lockFile = join(folder, 'turnwise.lock.json');
  const before = JSON.parse(readFileSync(lockFile, 'utf8')) as { plugins: { name: string }[] };
  writeFileSync(join(folder, 'node_modules/@acme/turnwise-reward-brevity/part.js'), 'export const part = 99;');
  installOther(folder);
  expect(await turnwise(folder, 'plugins', 'add', 'turnwise-tracker-other', '-c', 'run.json')).toMatchObject({
    code: 0,
  });
  const after = JSON.parse(readFileSync(lockFile, 'utf8')) as typeof before;
  expect(after.plugins.map(({ name }) => name)).toEqual(['@acme/turnwise-reward-brevity', 'turnwise-tracker-other']);
  expect(after.plugins[0]).toEqual(before.plugins[0]);
  expect((await replay(folder)).error).toContain('PLUGIN_INTEGRITY');
});

it('locks for one configuration and leaves those that share the file what they had, as long as it is installed', async () => {
  const { folder } = project();
  const other = installOther(folder);
  const trackers = {
    reward: { use: 'outcome' },
    advantage: { use: 'grpo' },
    trackers: [{ use: 'turnwise-tracker-other' }],
  };
  writeFileSync(join(folder, 'other.json'), JSON.stringify(trackers));
  const lockFile = join(folder, 'turnwise.lock.json');
  const entries = (): { name: string }[] =>
    (JSON.parse(readFileSync(lockFile, 'utf8')) as { plugins: { name: string }[] }).plugins;
  expect((await turnwise(folder, 'plugins', 'lock', '-c', 'other.json')).code).toBe(0);
  const [decided] = entries();
  // Nobody looks at it now: what was decided on stays, and a changed package goes on being refused.
  writeFileSync(join(other, 'index.js'), 'throw new Error("changed");');
  const { out } = await turnwise(folder, 'plugins', 'lock', '-c', 'run.json');
  expect(out).toContain('kept turnwise-tracker-other@1.0.0 as it was');
  expect(out).toContain(`${lockFile}: 2 plugins`);
  expect(entries()).toEqual([expect.objectContaining({ name: '@acme/turnwise-reward-brevity' }), decided]);
  rmSync(other, { recursive: true });
  const again = await turnwise(folder, 'plugins', 'lock', '-c', 'run.json', '--json');
  expect(JSON.parse(again.out)).toMatchObject({ plugins: [{ id: 'brevity' }], kept: [], removed: [decided] });
  expect(entries().map(({ name }) => name)).toEqual(['@acme/turnwise-reward-brevity']);
});
