import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Container } from 'inversify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../config/index.js';
import type { Logger, PluginContext, PluginDefinition } from '../contract/index.js';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import { defineAdvantage, definePolicy, defineReward, defineSearchTool } from '../plugin/index.js';
import { composeRun } from './compose-run.js';
import { rootConstants, rootContainer } from './root-container.js';
import type { RunEnvironment } from './run-environment.js';
import type { RunScope } from './run-scope.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-compose-'));
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
beforeAll(() => {
  writeFileSync(join(folder, 'corpus.jsonl'), '{"id":"p1","title":"T","text":"one"}\n');
  writeFileSync(join(folder, 'q.jsonl'), [1, 2, 3].map((n) => `{"id":"q${n}","text":"?","answers":["a"]}\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Plugins that write down what happens to them. */
function recordingPlugins(log: string[], failing: string[] = []) {
  const contexts: Record<string, PluginContext> = {};
  const options = z.strictObject({ topK: z.number().optional() });
  const create = (name: string, methods: object) => (context: PluginContext) => {
    log.push(`create ${name}`);
    contexts[name] = context;
    if (failing.includes(`create ${name}`)) throw new Error('no room');
    return {
      ...methods,
      init: () => {
        if (failing.includes(`init ${name}`)) throw new Error('no network');
      },
      [Symbol.asyncDispose]: () => {
        log.push(`dispose ${name}`);
        return failing.includes(`dispose ${name}`) ? Promise.reject(new Error('stuck')) : Promise.resolve();
      },
    } as never;
  };
  const common = { version: '1.0.0', options };
  const none = (): never => ({}) as never;
  const trainable = { sample: none, forwardBackward: none, optimStep: none, save: none, load: none };
  const table = {
    policy: definePolicy({ ...common, id: 'p', create: create('policy', trainable) }),
    search: defineSearchTool({ ...common, id: 's', create: create('search', { search: none }) }),
    reward: defineReward({ ...common, id: 'r', create: create('reward', { shape: none }) }),
    advantage: defineAdvantage({ ...common, id: 'a', create: create('advantage', { estimate: none }) }),
    mute: defineReward({ ...common, id: 'm', create: () => ({}) as never }),
  };
  const entry = (definition: unknown) => ({ definition: definition as PluginDefinition });
  const builtins = {
    from: folder,
    plugins: {
      policy: { p: entry(table.policy) },
      search: { s: entry(table.search) },
      reward: { r: entry(table.reward), m: entry(table.mute) },
      advantage: { a: entry(table.advantage) },
    },
  };
  return { contexts, builtins };
}

const base = { policy: { use: 'p' }, search: { use: 's' }, reward: { use: 'r' }, advantage: { use: 'a' } };

async function compose(config: object, builtins: RunEnvironment['builtins'], more: Partial<RunEnvironment> = {}) {
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...base, ...config }));
  const loaded = await loadConfig({ file: 'run.json', currentFolder: folder });
  return composeRun(loaded, { builtins, logger: silent, signal: new AbortController().signal, ...more });
}

describe('composeRun', () => {
  it('creates parts when asked, once each, and closes them last made first', async () => {
    const log: string[] = [];
    const scope = await compose({}, recordingPlugins(log).builtins);
    expect(log).toEqual([]);
    const [parts, again] = await Promise.all([scope.trainingParts(), scope.trainingParts()]);
    expect(again.policy).toBe(parts.policy);
    expect(parts.rewards).toMatchObject([{ name: 'r', weight: 1 }]);
    expect(parts.advantage.name).toBe('a');
    expect(log).toEqual(['create reward', 'create advantage', 'create search', 'create policy']);
    await scope[Symbol.asyncDispose]();
    await scope[Symbol.asyncDispose]();
    expect(log.slice(4)).toEqual(['dispose policy', 'dispose search', 'dispose advantage', 'dispose reward']);
  });

  it('gives plugins a narrow context: corpus, paths, and a random stream of their own', async () => {
    const run = async (): Promise<number[]> => {
      const { builtins, contexts } = recordingPlugins([]);
      const scope = await compose({ corpus: { file: 'corpus.jsonl' }, seed: 3 }, builtins, { cacheFolder: '/cache' });
      await scope.trainingParts();
      expect(contexts['search']?.corpus).toEqual([{ id: 'p1', title: 'T', text: 'one' }]);
      expect(contexts['search']?.paths).toEqual({ cache: '/cache', base: folder });
      expect(Object.keys(contexts['search'] ?? {})).not.toContain('container');
      return ['search', 'policy'].map((name) => contexts[name]?.random.next() ?? -1);
    };
    const [search, policy] = await run();
    expect(search).not.toBe(policy);
    expect(await run()).toEqual([search, policy]);
  });

  it('lets a plugin score with the policy and do nothing else with it', async () => {
    const tokenizer = { encode: () => [1], decode: () => '' };
    const policy = (extra: object) =>
      definePolicy({
        id: 'p',
        version: '1.0.0',
        options: z.strictObject({}),
        create: () => ({ sample() {}, forwardBackward() {}, optimStep() {}, save() {}, load() {}, ...extra }) as never,
      });
    const scorerOf = async (extra: object, kinds?: ['reward']) => {
      const { builtins, contexts } = recordingPlugins([]);
      const entry = { definition: policy(extra) as PluginDefinition };
      const plugins = { ...builtins.plugins, policy: { p: entry } };
      const scope = await compose({}, { ...builtins, plugins });
      const limited = kinds
        ? await composeRun(
            scope.loaded,
            { builtins: { ...builtins, plugins }, logger: silent, signal: new AbortController().signal },
            kinds,
          )
        : scope;
      await limited.rewards();
      return (contexts['reward']?.scorer as NonNullable<PluginContext['scorer']>)();
    };
    const scorer = await scorerOf({ tokenizer, score: () => Promise.resolve([[-1]]) });
    expect(Object.keys(scorer).sort()).toEqual(['score', 'tokenizer']);
    expect(await scorer.score([{ tokenIds: [1, 2], from: 1 }], new AbortController().signal)).toEqual([[-1]]);
    for (const silentPolicy of [{ tokenizer }, { tokenizer: null, score: () => Promise.resolve([]) }]) {
      expect(await failure(scorerOf(silentPolicy))).toMatchObject({
        code: 'PLUGIN_CAPABILITY_MISSING',
        where: 'reward r',
      });
    }
    expect((await failure(scorerOf({ tokenizer }, ['reward']))).message).toContain('there is no policy here');
  });

  it('keeps two runs apart', async () => {
    const { builtins } = recordingPlugins([]);
    const one = await compose({}, builtins);
    const two = await compose({}, builtins);
    expect(await one.policy()).not.toBe(await two.policy());
  });

  it('composes only the kinds that are asked for', async () => {
    const { builtins } = recordingPlugins([]);
    writeFileSync(join(folder, 'partial.json'), JSON.stringify({ ...base, policy: { use: 'nowhere' } }));
    const loaded = await loadConfig({ file: 'partial.json', currentFolder: folder });
    const environment = { builtins, logger: silent, signal: new AbortController().signal };
    const scope = await composeRun(loaded, environment, ['search']);
    await expect(scope.search()).resolves.toBeDefined();
    const error = await failure(scope.policy());
    expect(error).toMatchObject({ code: 'PLUGIN_INIT_FAILED' });
    expect(error.message).toContain('policy could not be composed: No bindings found');
  });

  it("takes topK from the rollout, the search plugin's options, or 3", async () => {
    const { builtins } = recordingPlugins([]);
    const topK = async (config: object): Promise<number> => (await compose(config, builtins)).settings.rollout.topK;
    expect(await topK({})).toBe(3);
    expect(await topK({ search: { use: 's', with: { topK: 5 } } })).toBe(5);
    expect(await topK({ search: { use: 's', with: { topK: 5 } }, rollout: { topK: 2 } })).toBe(2);
  });

  it('gathers what plugins measure', async () => {
    const { builtins, contexts } = recordingPlugins([]);
    const scope = await compose({}, builtins);
    await scope.search();
    for (const value of [1, 3, Number.NaN]) contexts['search']?.metrics.record('hits', value);
    expect(scope.drainPluginMetrics()).toEqual({ 'plugin/s/hits': 2 });
    expect(scope.drainPluginMetrics()).toEqual({});
  });
});

describe('what goes wrong while composing', () => {
  it('names the place of a plugin that cannot be created or started, and still closes it', async () => {
    const log: string[] = [];
    const created = await failure((await compose({}, recordingPlugins(log, ['create search']).builtins)).search());
    expect(created).toMatchObject({ code: 'PLUGIN_INIT_FAILED', where: expect.stringMatching(/^run\.json:1:/) });
    expect(created.message).toContain('the search "s" could not be created: no room');
    const scope = await compose({}, recordingPlugins(log, ['init search']).builtins);
    expect((await failure(scope.search())).message).toContain('could not be started: no network');
    await scope[Symbol.asyncDispose]();
    expect(log.at(-1)).toBe('dispose search');
  });

  it('refuses an instance without the methods of its kind', async () => {
    const scope = await compose({ reward: { use: 'm' } }, recordingPlugins([]).builtins);
    expect((await failure(scope.trainingParts())).message).toContain('was created without the method `shape`');
  });

  it('closes everything even when closing fails, and says what failed', async () => {
    const log: string[] = [];
    const scope = await compose({}, recordingPlugins(log, ['dispose policy', 'dispose reward']).builtins);
    await scope.trainingParts();
    const error = await failure(scope[Symbol.asyncDispose]());
    expect(error).toMatchObject({
      code: 'PLUGIN_DISPOSE_FAILED',
      message: 'Closing policy p, reward r failed: stuck; stuck',
    });
    expect((error.cause as AggregateError).errors).toHaveLength(2);
    expect(log.filter((line) => line.startsWith('dispose'))).toHaveLength(4);
  });
});

describe('data of a run', () => {
  it('reads files, with a limit, and digests them', async () => {
    const data = { train: { file: 'q.jsonl', limit: 2 }, eval: { file: 'q.jsonl' } };
    const scope = await compose({ data, training: { evalQuestions: 1 } }, recordingPlugins([]).builtins);
    const { train, evaluation } = await scope.trainingData();
    expect([train.length, evaluation.length]).toEqual([2, 1]);
    expect(await scope.dataDigests()).toMatchObject({
      train: { count: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      eval: { count: 3 },
    });
  });

  it('makes one world for corpus and questions', async () => {
    const requests: unknown[] = [];
    const world = (request: unknown) => {
      requests.push(request);
      return {
        passages: [{ id: 'w', title: '', text: 'x' }],
        train: [{ id: 'q', text: '?', answers: ['a'] }],
        eval: [],
      };
    };
    const data = { train: { world: 'toy', questions: 1 }, eval: { world: 'toy', seed: 9 } };
    const scope = await compose({ data }, recordingPlugins([]).builtins, { worlds: { toy: world } });
    expect(await scope.corpus()).toHaveLength(1);
    expect(await scope.questions('train')).toHaveLength(1);
    expect(requests).toEqual([{ difficulty: 'standard', seed: 9, trainQuestions: 1 }]);
    expect(await scope.dataDigests()).toMatchObject({ corpus: { count: 1 } });
  });

  it.each<[string, object, (scope: RunScope) => Promise<unknown>, string, string]>([
    ['no questions', {}, (scope) => scope.questions('train'), 'CONFIG_INVALID', 'data.train is missing'],
    ['no file', { corpus: { file: 'none.jsonl' } }, (scope) => scope.search(), 'DATA_NOT_FOUND', 'run.json:1:'],
    ['no world', { corpus: { world: 'tox' } }, (scope) => scope.corpus(), 'CONFIG_INVALID', 'Did you mean "toy"?'],
    [
      'a world that refuses',
      { corpus: { world: 'toy' } },
      (scope) => scope.corpus(),
      'CONFIG_INVALID',
      'toy refuses: too many',
    ],
  ])('%s', async (_name, config, ask, code, text) => {
    const worlds = {
      toy: () => {
        throw new RangeError('too many');
      },
    };
    const error = await failure(ask(await compose(config, recordingPlugins([]).builtins, { worlds })));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe('the root container', () => {
  it('is given nothing but constants, whoever binds them', () => {
    const bind = jest.spyOn(Container.prototype, 'bind');
    const bound: string[] = [];
    bind.mockImplementation((() => {
      const record = (_target: object, name: string | symbol) => () => bound.push(String(name));
      return new Proxy({}, { get: record });
    }) as never);
    try {
      rootContainer({ logger: silent, clock: { now: () => 1 } });
      expect(bound.length).toBe(bind.mock.calls.length);
    } finally {
      bind.mockRestore();
    }
    expect(new Set(bound)).toEqual(new Set(['toConstantValue']));
  });

  it('holds constants only: nothing in it is made from something else', () => {
    const environment = { logger: silent, clock: { now: () => 1 } };
    const container = rootContainer(environment);
    for (const [identifier, value] of rootConstants(environment)) expect(container.get(identifier)).toBe(value);
  });
});
