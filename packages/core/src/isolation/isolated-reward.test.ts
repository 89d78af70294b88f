import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/index.js';
import { composeRun } from '../container/index.js';
import type { RunScope } from '../container/index.js';
import type { Logger, TrajectoryGroup } from '../contract/index.js';
import { shapeGroups } from '../credit/index.js';
import { failureOf as failure } from '../errors/failure-of.fixture.js';
import * as core from '../index.js';
import { shapeEach } from '../training/faulty-groups.js';

const folder = mkdtempSync(join(tmpdir(), 'turnwise-isolation-'));
const logged: string[] = [];
const logger: Logger = {
  debug() {},
  info: (text) => void logged.push(text),
  warn: (text) => void logged.push(text),
  error() {},
};
const open: RunScope[] = [];

/** A reward in a file of the project: `body` scores `group`; what stands before it runs when the plugin is created. */
function plugin(id: string, body: string, before = '', extra = ''): string {
  const file = `./${id}.ts`;
  const source = `
    import { defineReward } from '@turnwise/core';
    import { z } from 'zod';
    export default defineReward({
      apiVersion: 2, id: '${id}', version: '1.0.0', options: z.strictObject({ scale: z.number().default(1) }),
      create: (context, options) => {
        ${before}
        const flat = (group, outcome) => group.trajectories.map(({ turns }) => ({ outcome, correct: true, turns: turns.map(() => 0) }));
        return { ${extra} shape: async (group, { signal, step }) => { ${body} } };
      },
    });`;
  writeFileSync(join(folder, file), source);
  return file;
}

/** Runs the body on question q2, and scores the others flatly. */
const onSecond = (id: string, body: string): string =>
  plugin(id, `if (group.question.id === 'q2') { ${body} } return flat(group, options.scale);`);

function group(id: string): TrajectoryGroup {
  const turn = {
    output: { text: 'x', tokenIds: [1, 2], logprobs: [-0.5, -0.25] },
    action: { kind: 'answer' as const, text: 'x' },
    observation: null,
  };
  const trajectories = [0, 1].map((index) => ({
    id: `${id}/${index}`,
    turns: [turn],
    answer: 'x',
    stopReason: 'answered' as const,
  }));
  return { question: { id, question: '?', answers: ['x'] } as never, trajectories };
}
const groups = ['q1', 'q2', 'q3', 'q4', 'q5'].map(group);

async function scopeOf(reward: object | object[], signal = new AbortController().signal): Promise<RunScope> {
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ seed: 5, reward, advantage: { use: 'grpo' } }));
  const loaded = await loadConfig({ file: 'run.json', currentFolder: folder });
  const builtins = { from: folder, plugins: {} };
  const scope = await composeRun(loaded, { builtins, logger, signal, modules: { '@turnwise/core': core } }, ['reward']);
  open.push(scope);
  return scope;
}
const isolation = { kind: 'worker', timeoutSeconds: 1 };

const never = new AbortController().signal;
beforeAll(() => writeFileSync(join(folder, 'q.jsonl'), '{"id":"q1","text":"?","answers":["a"]}\n'));
afterEach(async () => {
  for (const scope of open.splice(0)) await scope[Symbol.asyncDispose]();
  logged.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a reward in a worker', () => {
  const faults = [
    ['an endless loop', 'for (;;);', 'CONTRACT_REWARD_TIMEOUT', '1 s (isolation.timeoutSeconds)'],
    ['a promise that never settles', 'await new Promise(() => {});', 'CONTRACT_REWARD_TIMEOUT', '1 s'],
    ['process.exit', 'process.exit(7);', 'CONTRACT_REWARD_WORKER_DIED', 'exited with code 7'],
    [
      'an error outside of shape',
      "setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});",
      'CONTRACT_REWARD_WORKER_DIED',
      'crashed: late',
    ],
    ['a thrown error', "throw new RangeError('bad group');", 'CONTRACT_REWARD_FAILED', 'bad group'],
    ['NaN', 'return flat(group, NaN);', 'CONTRACT_REWARD_NOT_FINITE', 'NaN'],
    ['a result that cannot be sent', 'return [() => 1];', 'CONTRACT_REWARD_FAILED', 'could not be cloned'],
    ['nothing at all', 'return undefined;', 'CONTRACT_REWARD_LENGTH', 'undefined'],
  ] as const;

  it('turns whatever happens into a named error on its group; the others, and another reward, are as ever', async () => {
    const bodies = faults.map(([name, body]) => `if (group.question.id === '${name}') { ${body} }`).join('\n');
    const scope = await scopeOf([
      { use: plugin('bad', `${bodies} return flat(group, options.scale);`), isolation },
      { use: plugin('fine', 'return flat(group, 2);'), weight: 0.5, isolation },
    ]);
    const asked = faults.flatMap(([name], index) => [group(`before ${index}`), group(name)]);
    const rewards = await scope.rewards();
    const scored = await shapeEach([...asked, group('last')], rewards, never, 1);
    for (const [index, [name, , code, says]] of faults.entries()) {
      const fault = scored[2 * index + 1]?.fault;
      for (const part of [code, 'reward bad', name, says]) expect(fault).toContain(part);
    }
    const others = scored.filter((_, index) => index % 2 === 0);
    expect(others.map(({ fault }) => fault)).toEqual(others.map(() => null));
    expect(others.map(({ group: { shaped } }) => shaped[0]?.outcome)).toEqual(others.map(() => 2));
    // Without quarantine the same error ends the run.
    const error = await failure(shapeGroups([group('process.exit')], rewards, never, 1));
    expect(error).toMatchObject({ code: 'CONTRACT_REWARD_WORKER_DIED', where: 'reward bad' });
    expect(error.hint).toContain('isolation.memoryMegabytes');
  });

  it('ends a worker whose heap outgrows its limit, and no more than that', async () => {
    const body = 'const all = []; for (;;) all.push({ n: all.length });';
    const limits = { ...isolation, timeoutSeconds: 50, memoryMegabytes: 64 };
    const scope = await scopeOf({ use: onSecond('grows', body), isolation: limits });
    const error = await failure(shapeGroups([group('q2')], await scope.rewards(), never, 1));
    expect(error.code).toBe('CONTRACT_REWARD_WORKER_DIED');
    expect(error.message).toBe('reward grows: question q2: its worker needed more than 64 MiB of heap');
  });

  it('equals the same reward without a worker byte for byte, random draws, state, metrics and all', async () => {
    const file = plugin(
      'good',
      `seen += 1; context.metrics.record('seen', seen); context.logger.info('scored ' + group.question.id);
       return group.trajectories.map(({ turns }) => ({ outcome: context.random.next() * options.scale + offset / 3, correct: context.random.integer(2) === 1,
         turns: turns.map(({ output }) => output.logprobs[0] * seen + (step ?? 0)), reasons: turns.map(() => null), firstOccurrence: null, answered: true, components: { a: seen / 7, b: -0 } }));`,
      'let seen = 0; const offset = context.random.next();',
      'state: () => ({ seen }), restore: (saved) => { seen = saved.seen; },',
    );
    const run = async (more: object): Promise<unknown[]> => {
      const scope = await scopeOf({ use: file, with: { scale: 1 / 3 }, ...more });
      const rewards = await scope.rewards();
      const first = await shapeGroups(groups, rewards, never, 4);
      const saved = scope.pluginStates.save();
      const second = await shapeGroups(groups.slice(0, 2), rewards, never, null);
      scope.pluginStates.restore(saved);
      const again = await shapeGroups(groups.slice(0, 2), rewards, never, null);
      expect(again).toEqual(second);
      return [first, second, saved, scope.drainPluginMetrics()];
    };
    const plain = await run({});
    const lines = logged.splice(0);
    const isolated = await run({ isolation: 'worker' });
    expect(JSON.stringify(isolated)).toBe(JSON.stringify(plain));
    expect(isolated).toEqual(plain);
    expect(logged).toEqual(lines);
    expect(lines).toHaveLength(9);
  });

  it('goes on after a worker was ended with the state and the random stream from before the group', async () => {
    const body = `if (group.question.id === 'q2' && step === 1) for (;;); seen += 1; return flat(group, context.random.next() + seen);`;
    const extra = 'state: () => seen, restore: (saved) => { seen = saved; },';
    const file = plugin('stateful', body, 'let seen = 0; context.random.next();', extra);
    const outcomes = async (asked: readonly TrajectoryGroup[], more: object): Promise<unknown[]> => {
      const scope = await scopeOf({ use: file, ...more });
      const scored = await shapeEach(asked, await scope.rewards(), never, 1);
      return scored.map(({ group: { shaped } }) => shaped[0]?.outcome);
    };
    const [q1, , ...rest] = await outcomes(groups, { isolation });
    const others = groups.filter(({ question }) => question.id !== 'q2');
    expect([q1, ...rest]).toEqual(await outcomes(others, {}));
  });

  it('leaves a group at once when the run is aborted, also out of an endless loop', async () => {
    const abort = new AbortController();
    const scope = await scopeOf({
      use: onSecond('aborted', 'for (;;);'),
      isolation: { kind: 'worker', timeoutSeconds: 600 },
    });
    const rewards = await scope.rewards();
    const shaping = shapeGroups(groups, rewards, abort.signal, 1);
    setTimeout(() => abort.abort(new Error('enough')), 200);
    await expect(shaping).rejects.toThrow('enough');
  });

  it('starts another worker when one died between two groups, and says so', async () => {
    const mark = join(folder, 'late.mark');
    const exit = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(mark)}, ''); process.exit(3);`;
    const body = `if (group.question.id === 'q2') setTimeout(() => { ${exit} }, 20); return flat(group, 1);`;
    const scope = await scopeOf({ use: plugin('late', body), isolation });
    const rewards = await scope.rewards();
    await shapeGroups([group('q2')], rewards, never, 1);
    while (!existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 10));
    // It has come to its last line; that it ended has yet to be told.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await shapeGroups([group('q1')], rewards, never, 1);
    expect(logged).toEqual([expect.stringContaining('between two groups its worker exited with code 3')]);
  });

  it.each([
    ['a loop', 'for (;;);', 'isolation.startSeconds'],
    ['an error', "throw new Error('no model');", 'no model'],
    ['the corpus', 'context.corpus.length;', 'context.corpus'],
  ])('says which plugin could not be created: %s', async (name, before, says) => {
    const id = `start-${name.replaceAll(' ', '-')}`;
    const scope = await scopeOf({
      use: plugin(id, 'return flat(group, 1);', before),
      isolation: { ...isolation, startSeconds: name === 'a loop' ? 1 : 60 },
    });
    const error = await failure(scope.rewards());
    expect(error.code).toBe(name === 'the corpus' ? 'PLUGIN_NOT_ISOLATABLE' : 'PLUGIN_INIT_FAILED');
    for (const part of [id, says]) expect(error.message).toContain(part);
  });
});

describe('isolation in the configuration', () => {
  it('refuses what cannot run in a worker before anything is created', async () => {
    const asks = plugin('asks', 'return flat(group, 1);');
    const source = readFileSync(join(folder, asks), 'utf8');
    writeFileSync(
      join(folder, asks),
      source.replace("version: '1.0.0'", "version: '1.0.0', requires: ['policy.scores']"),
    );
    const error = await failure(scopeOf({ use: asks, isolation: 'worker' }));
    expect(error).toMatchObject({ code: 'PLUGIN_NOT_ISOLATABLE', message: expect.stringContaining('policy.scores') });
    writeFileSync(
      join(folder, 'run.ts'),
      `import { defineReward } from '@turnwise/core'; import { z } from 'zod';
       const mine = defineReward({ id: 'mine', version: '1.0.0', options: z.strictObject({}), create: () => ({ shape: () => [] }) });
       export default { reward: { use: mine, isolation: 'worker' }, advantage: { use: 'grpo' } };`,
    );
    const modules = { '@turnwise/core': core };
    const loaded = await loadConfig({ file: 'run.ts', currentFolder: folder, modules });
    const builtins = { from: folder, plugins: {} };
    const imported = await failure(composeRun(loaded, { builtins, logger, signal: never, modules }, ['reward']));
    expect(imported).toMatchObject({ code: 'PLUGIN_NOT_ISOLATABLE', message: expect.stringContaining('no file') });
  });

  it.each([
    [{ search: { use: 'lunr', isolation: 'worker' } }, 'isolation'],
    [{ advantage: { use: 'grpo', isolation: 'worker' } }, 'isolation'],
    [{ reward: { use: 'outcome', isolation: 'process' } }, 'isolation'],
    [{ reward: { use: 'outcome', isolation: { kind: 'worker', timeoutSeconds: 0 } } }, 'timeoutSeconds'],
  ])('refuses %j', async (config, says) => {
    writeFileSync(
      join(folder, 'bad.json'),
      JSON.stringify({ reward: { use: 'outcome' }, advantage: { use: 'grpo' }, ...config }),
    );
    const error = await failure(loadConfig({ file: 'bad.json', currentFolder: folder }));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(says);
  });
});
