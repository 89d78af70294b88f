import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { PluginDefinition } from '../contract/index.js';
import { failureOf } from '../errors/failure-of.fixture.js';
import { type TurnwiseError } from '../errors/index.js';
import type { BuiltinPlugins } from './builtin-plugins.js';
import { coreVersion } from './core-version.js';
import { defineAdvantage, defineReward, defineSearchTool } from './define.js';
import { loadPlugins } from './load-plugins.js';
import type { PluginRequest } from './loaded-plugin.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A plugin written by hand, as a package that was built against another copy of the core would look. */
function source(fields = ''): string {
  return `const options = { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } };
export default { [Symbol.for('turnwise.plugin')]: true, apiVersion: 1, kind: 'reward', id: 'brevity', version: '1.2.3',
  options, create: () => ({ shape: () => [] }), ${fields} };`;
}

function installPackage(name: string, manifest: object, code: string): void {
  const exports = { '.': { import: './index.js' } };
  const content = { name, version: '1.2.3', type: 'module', exports, ...manifest };
  write(`node_modules/${name}/package.json`, JSON.stringify(content));
  write(`node_modules/${name}/index.js`, code);
}

const turnwise = { apiVersion: 1, kind: 'reward', id: 'brevity' };
const shape = { create: () => ({ shape: () => [] }) };
const folr = defineReward({
  id: 'folr',
  version: '1.0.0',
  options: z.strictObject({ alpha: z.number().default(0.5) }),
  ...shape,
});
const builtins: BuiltinPlugins = {
  from: folder,
  plugins: {
    reward: {
      folr: { definition: folr },
      outcome: { packageName: 'x', load: () => Promise.resolve({ default: folr }) },
    },
  },
};

function request(use: PluginRequest['use'], changes: Partial<PluginRequest> = {}): PluginRequest {
  return {
    kind: 'reward',
    use,
    options: {},
    path: ['reward'],
    where: 'run.yaml:3:9',
    locate: (path) => `run.yaml:${path.length}:1`,
    ...changes,
  };
}

const load = (...requests: PluginRequest[]) => loadPlugins(requests, { builtins, folder });

const failure = (...requests: PluginRequest[]): Promise<TurnwiseError> => failureOf(load(...requests));

describe('loadPlugins', () => {
  it('loads built-ins and passes their options through the schema', async () => {
    const [plugin] = await load(request('folr'));
    expect(plugin).toMatchObject({
      id: 'folr',
      options: { alpha: 0.5 },
      origin: { source: '@turnwise/core', version: coreVersion },
    });
  });

  it('loads packages from the folder of the configuration, with version and integrity', async () => {
    installPackage('@acme/turnwise-reward-brevity', { turnwise }, source());
    const [plugin] = await load(request('@acme/turnwise-reward-brevity'));
    expect(plugin?.origin).toEqual({
      source: '@acme/turnwise-reward-brevity',
      version: '1.2.3',
      integrity: expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
      path: join(folder, 'node_modules/@acme/turnwise-reward-brevity/index.js'),
    });
  });

  it('loads single files, in JavaScript and TypeScript, and values', async () => {
    write('package.json', '{ "type": "module" }');
    write('own.js', source());
    write('own.ts', `enum Id { Own = 'own' }\n${source('id: Id.Own as string')}`);
    expect((await load(request('./own.js')))[0]?.id).toBe('brevity');
    expect((await load(request('./own.ts')))[0]?.id).toBe('own');
    expect((await load(request(folr)))[0]?.origin.source).toBe('imported');
  });

  it('lets a local TypeScript file import the running core without having it installed', async () => {
    write(
      'with-core.ts',
      `import { defineReward } from '@turnwise/core';\nexport default defineReward({ id: 'lean', version: '1.0.0', options: (${source().split('\n')[0]?.slice('const options = '.length, -1)}), create: () => ({ shape: () => [] }) });`,
    );
    const [plugin] = await loadPlugins([request('./with-core.ts')], {
      builtins,
      folder,
      modules: { '@turnwise/core': { defineReward } },
    });
    expect(plugin?.id).toBe('lean');
  });
});

describe('plugin errors', () => {
  it('names the nearest built-in for an unknown short id, and never guesses a package', async () => {
    const error = await failure(request('flor'));
    expect(error.code).toBe('PLUGIN_NOT_FOUND');
    expect(error.message).toBe(
      'run.yaml:3:9: there is no built-in reward "flor". Did you mean "folr"? Built-in: folr, outcome.',
    );
    installPackage('turnwise-reward-other', { turnwise: { ...turnwise, id: 'other' } }, source());
    expect((await failure(request('other'))).code).toBe('PLUGIN_NOT_FOUND');
  });

  it.each([
    ['./missing.ts', 'there is no file'],
    ['turnwise-reward-none', 'npm install turnwise-reward-none'],
  ])('cannot find %s', async (use, text) => {
    const error = await failure(request(use));
    expect(error.code).toBe('PLUGIN_NOT_FOUND');
    expect(`${error.message} ${error.hint ?? ''}`).toContain(text);
  });

  it.each<[string, object, string, string, string]>([
    [
      'no-entry',
      { turnwise, exports: { '.': { require: './index.js' } } },
      source(),
      'PLUGIN_NOT_FOUND',
      'has no entry that can be imported',
    ],
    ['no-manifest', {}, source(), 'PLUGIN_NOT_A_PLUGIN', 'no complete "turnwise" entry'],
    [
      'half-manifest',
      { turnwise: { kind: 'reward' } },
      source(),
      'PLUGIN_NOT_A_PLUGIN',
      'no complete "turnwise" entry',
    ],
    [
      'manifest-kind',
      { turnwise: { ...turnwise, kind: 'search' } },
      'throw new Error("must not run")',
      'PLUGIN_KIND_MISMATCH',
      'is a search plugin, but a reward is asked for',
    ],
    [
      'manifest-api',
      { turnwise: { ...turnwise, apiVersion: 9 } },
      'throw new Error("must not run")',
      'PLUGIN_API_UNSUPPORTED',
      'interface 9 of reward plugins; @turnwise/core',
    ],
    ['throws', { turnwise }, 'throw new Error("boom")', 'PLUGIN_IMPORT_FAILED', 'failed: boom'],
    ['no-default', { turnwise }, 'export const x = 1;', 'PLUGIN_NOT_A_PLUGIN', 'it has no default export'],
    [
      'no-brand',
      { turnwise },
      'export default { kind: "reward" };',
      'PLUGIN_NOT_A_PLUGIN',
      'made by no define function (keys: kind)',
    ],
    ['api', { turnwise }, source('apiVersion: 3'), 'PLUGIN_API_UNSUPPORTED', 'interface 3 of reward plugins'],
    [
      'kind',
      { turnwise },
      source('kind: "search"'),
      'PLUGIN_KIND_MISMATCH',
      'is a search plugin, but a reward is asked for here',
    ],
    [
      'id',
      { turnwise },
      source('id: "verbosity"'),
      'PLUGIN_MANIFEST_MISMATCH',
      'says id "brevity" in its package.json but "verbosity" in its export',
    ],
    [
      'range',
      { turnwise },
      source('core: "^99"'),
      'PLUGIN_CORE_RANGE',
      `asks for @turnwise/core ^99, but ${coreVersion} is running`,
    ],
    ['bad-range', { turnwise }, source('core: "newest"'), 'PLUGIN_CORE_RANGE', 'which is not a version range'],
  ])('%s', async (name, manifest, code, expected, text) => {
    const packageName = `turnwise-reward-${name}`;
    installPackage(packageName, manifest, code);
    const error = await failure(request(packageName));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(text);
    expect(error).toMatchObject({ where: 'run.yaml:3:9', hint: expect.any(String) });
  });

  it('refuses two of a kind with one id', async () => {
    const error = await failure(request('folr'), request(folr, { where: 'run.yaml:4:9' }));
    expect(error.code).toBe('PLUGIN_DUPLICATE_ID');
    expect(error.message).toBe(
      'run.yaml:4:9: the reward "imported folr" has the id "folr", which the reward at run.yaml:3:9 has already.',
    );
  });

  it('places every wrong option in the configuration', async () => {
    const error = await failure(request('folr', { options: { alhpa: 1, alpha: 'x' } }));
    expect(error.code).toBe('PLUGIN_OPTIONS_INVALID');
    expect(error.message.split('\n')).toEqual([
      'run.yaml:3:1: the reward "folr" refuses its options:',
      '  run.yaml:3:1: reward.with.alpha expected a number, got "x".',
      '  run.yaml:3:1: reward.with.alhpa is not a key here. Did you mean "alpha"? Allowed: alpha.',
    ]);
  });

  it('reports a missing capability, but only when its provider could be there', async () => {
    const advantage = defineAdvantage({
      id: 'dense',
      version: '1.0.0',
      options: z.strictObject({}),
      requires: ['reward.turns', 'trajectory.logprobs'],
      create: () => ({ estimate: () => [] }),
    });
    const asked = request(advantage, { kind: 'advantage', path: ['advantage'] });
    const error = await failure(request('folr'), asked);
    expect(error.code).toBe('PLUGIN_CAPABILITY_MISSING');
    expect(error.message).toContain(
      'the advantage "dense" requires reward.turns, which the reward "folr" does not provide',
    );
    await expect(load(asked)).resolves.toHaveLength(1);
  });

  it('checks values of a TypeScript configuration too', async () => {
    const search = defineSearchTool({
      id: 's',
      version: '1.0.0',
      options: z.strictObject({}),
      create: () => ({ search: () => Promise.resolve([]) }),
    });
    expect((await failure(request(search as PluginDefinition))).code).toBe('PLUGIN_KIND_MISMATCH');
  });
});
