import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { coreVersion, defineTracker, type Tracker } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { trackerConformance } from '../tracker/tracker-conformance.js';
import { commonRules } from './common-rules.js';

/** The rules all kinds share, tried on the smallest kind there is. */
const tracker: Tracker = { record: () => undefined };
const declaration = { id: 'tested', version: '1.0.0', options: z.strictObject({}), create: () => tracker };
const plugin = (changes: object = {}) => defineTracker({ ...declaration, ...changes });

const packageJson = {
  name: 'turnwise-tracker-tested',
  version: '1.0.0',
  type: 'module',
  keywords: ['turnwise-plugin', 'turnwise-plugin-tracker'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  turnwise: { apiVersion: 1, kind: 'tracker', id: 'tested' },
  peerDependencies: { '@turnwise/core': `^${coreVersion}` },
};

function folderWith(changes: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'turnwise-package-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...packageJson, ...changes }));
  return folder;
}

let closed = 0;
const sharedConnection = { open: true };

const bad: readonly (readonly [string, { plugin?: object; package?: object; options?: Record<string, unknown> }])[] = [
  [
    'plugin/id',
    {
      plugin: { id: 'Tested_One' },
      package: { name: 'turnwise-tracker-Tested_One', turnwise: { apiVersion: 1, kind: 'tracker', id: 'Tested_One' } },
    },
  ],
  ['plugin/definition', { plugin: { version: '' }, package: { version: '' } }],
  ['plugin/definition', { plugin: { options: { words: z.number() } } }],
  ['plugin/definition', { plugin: { options: undefined } }],
  ['plugin/definition', { plugin: { create: undefined } }],
  ['plugin/definition', { plugin: { requires: ['policy.score'] } }],
  ['plugin/core-range', { plugin: { core: '^99' } }],
  ['plugin/core-range', { plugin: { core: 'newest' } }],
  ['package/manifest', { package: { turnwise: { apiVersion: 1, kind: 'tracker', id: 'another' } } }],
  ['package/manifest', { package: { version: '2.0.0' } }],
  ['package/manifest', { package: { turnwise: undefined } }],
  ['package/name', { package: { name: 'tested-tracker' } }],
  ['package/keywords', { package: { keywords: ['turnwise-plugin'] } }],
  ['package/exports', { package: { exports: { '.': { import: './index.js' } } } }],
  ['package/exports', { package: { type: 'commonjs' } }],
  ['package/core', { package: { peerDependencies: { '@turnwise/core': '^99' } } }],
  ['package/core', { package: { dependencies: { '@turnwise/core': '*' } } }],
  ['package/scripts', { package: { scripts: { postinstall: 'node fetch.js' } } }],
  [
    'options/accepted',
    { plugin: { options: z.strictObject({}).transform((given) => (Object.assign(given, {}), given)) }, options: {} },
  ],
  ['options/unknown-key', { plugin: { options: z.looseObject({}) } }],
  [
    'options/required',
    {
      plugin: {
        options: z
          .strictObject({ name: z.string().optional() })
          .refine(({ name }) => name !== undefined, 'a name is needed'),
      },
      options: { name: 'x' },
    },
  ],
  ['options/json-schema', { plugin: { options: z.strictObject({ when: z.date().optional() }) } }],
  ['lifecycle/close-twice', { plugin: { create: closesOnce } }],
  ['lifecycle/close-unstarted', { plugin: { create: closesWhatItStarted } }],
  ['lifecycle/independent', { plugin: { create: shares } }],
  [
    'lifecycle/state',
    { plugin: { create: () => ({ ...tracker, state: () => ({ at: new Date(0) }), restore: () => undefined }) } },
  ],
  ['lifecycle/state', { plugin: { create: () => ({ ...tracker, state: () => 1 }) } }],
];

function closesOnce() {
  let open = true;
  return {
    ...tracker,
    [Symbol.asyncDispose]: () => {
      if (!open) return Promise.reject(new Error('closed already'));
      open = false;
      closed++;
      return Promise.resolve();
    },
  };
}

function closesWhatItStarted() {
  let connection: { end(): Promise<void> } | undefined;
  return {
    ...tracker,
    init: () => void (connection = { end: () => Promise.resolve() }),
    [Symbol.asyncDispose]: () => (connection as unknown as { end(): Promise<void> }).end(),
  };
}

function shares() {
  sharedConnection.open = true;
  return {
    record: () => {
      if (!sharedConnection.open) throw new Error('not connected');
    },
    [Symbol.asyncDispose]: () => Promise.resolve(void (sharedConnection.open = false)),
  };
}

const run = (broken: (typeof bad)[number][1]) =>
  failuresOf((runner) =>
    trackerConformance(runner, plugin(broken.plugin), {
      from: folderWith(broken.package ?? {}),
      options: broken.options ?? {},
    }),
  );

it('passes a plugin and a package that keep every rule', async () => {
  expect(await run({})).toEqual(new Map());
  expect(closed).toBe(0);
});

it.each(bad.filter(([id]) => id !== 'options/accepted'))('%s is broken, and nothing else', async (id, broken) => {
  const failures = await run(broken);
  expect([...failures.keys()]).toEqual([id]);
  expect(failures.get(id)).toMatch(/mend: /);
});

it('options/accepted is broken by a schema that writes into what it reads', async () => {
  const options = {
    '~standard': {
      version: 1 as const,
      vendor: 'own',
      validate: (value: unknown) => {
        const { known, ...others } = value as Record<string, unknown>;
        if (Object.keys(others).length > 0) return { issues: [{ message: 'unknown', path: Object.keys(others) }] };
        if (known !== undefined) delete (value as Record<string, unknown>)['known'];
        return { value: {} };
      },
    },
  };
  expect([...(await run({ plugin: { options }, options: { known: 1 } })).keys()]).toEqual(['options/accepted']);
});

it('options that are refused break what needs an instance too', async () => {
  expect((await run({ options: { unknown: 1 } })).get('options/accepted')).toContain('are refused');
});

it('plugin/brand and plugin/api-version are broken by what no define function of this core made', async () => {
  const folder = { from: folderWith({ turnwise: { apiVersion: 9, kind: 'tracker', id: 'tested' } }) };
  const newer = { ...plugin(), apiVersion: 9 };
  expect([...(await failuresOf((runner) => trackerConformance(runner, newer, folder))).keys()]).toEqual([
    'plugin/api-version',
  ]);
  const { id, version, options, create } = declaration;
  const bare = { kind: 'tracker' as const, apiVersion: 1, id, version, options, create };
  expect([
    ...(await failuresOf((runner) => trackerConformance(runner, bare, { from: folderWith({}) }))).keys(),
  ]).toEqual(['plugin/brand']);
});

it('has a broken plugin for every rule', async () => {
  const elsewhere = ['options/accepted', 'plugin/brand', 'plugin/api-version', 'lifecycle/deterministic'];
  const shown = new Set([...bad.map(([id]) => id), ...elsewhere]);
  expect(commonRules.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  const { ran } = await outcomeOf((runner) => trackerConformance(runner, plugin(), { from: null }));
  expect(ran.some((id) => id.startsWith('package/'))).toBe(false);
});
