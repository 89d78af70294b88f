import { describe, expect, it, jest } from '@jest/globals';
import { createFaultProxy, type WireFault } from './testing/fault-proxy.js';
import { createTinkerServer } from './testing/tinker-server.js';
import { realServer } from './testing/real-server.js';
import type { TinkerOptions } from './tinker-options.js';
import type { TinkerPolicy } from './tinker-policy.js';
import { bumpy, emptyFolder, letters, openPolicy, plain } from './tinker.fixture.js';

/**
 * What this client needs of a server, whichever it is. Runs against the server in this process, and against the real
 * one at TURNWISE_TINKER_URL when that is set (docs/guides/scaling.md says how one is started).
 */
interface Target {
  readonly url: string;
  readonly options: Partial<TinkerOptions>;
  readonly learningRate: number;
  readonly close: () => Promise<void>;
}

async function inMemory(server: 'hosted' | 'skyrl-jax', protobuf: boolean): Promise<Target> {
  const reduction = server === 'hosted' ? 'sum' : 'mean-of-means';
  const repeats = protobuf ? 'refused' : 'known';
  const toy = { vocabulary: 12, initialLogits: bumpy, decode: letters.decode, reduction, protobuf, repeats } as const;
  const running = await createTinkerServer(toy);
  return { url: running.url, options: { server }, learningRate: 0.3, close: () => running.close() };
}

const targets: [string, () => Promise<Target>][] = [
  ['in memory, sums, JSON', () => inMemory('hosted', false)],
  ['in memory, means, protobuf', () => inMemory('skyrl-jax', true)],
];
const real = await realServer();
if (real !== null) {
  const options = { ...real.options, retryMilliseconds: 200, patienceSeconds: 120 };
  const close = (): Promise<void> => Promise.resolve();
  targets.push([`real: ${real.url}`, () => Promise.resolve({ url: real.url, options, learningRate: 0.01, close })]);
  // A server that compiles for each new shape takes its time.
  jest.setTimeout(900_000);
}

const signal = new AbortController().signal;
const sample = (policy: TinkerPolicy, seed: number, maxTokens = 1): ReturnType<TinkerPolicy['sample']> =>
  policy.sample(
    {
      trajectoryId: `t${seed}`,
      messages: [],
      tokenIds: [1, 2, 3],
      seed,
      temperature: 1,
      topP: 1,
      maxTokens,
      stop: [],
      turn: 0,
      maySearch: true,
    },
    signal,
  );

/** Sixteen samples of one token, and one update: an even token is right. */
async function step(policy: TinkerPolicy, number: number, learningRate: number): Promise<Step> {
  const seeds = Array.from({ length: 16 }, (_, index) => 1000 * number + index);
  const samples = await Promise.all(seeds.map((seed) => sample(policy, seed)));
  const rewards = samples.map(({ tokenIds }) => ((tokenIds[0] ?? 1) % 2 === 0 ? 1 : 0)) as number[];
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const sequences = samples.map(({ tokenIds, logprobs }, index) => ({
    trajectoryId: `t${index}`,
    spans: [
      { owner: 'prompt' as const, tokenIds: [1, 2, 3] },
      { owner: 'policy' as const, tokenIds, logprobs, advantage: (rewards[index] ?? 0) - mean },
    ],
  }));
  const metrics = await policy.forwardBackward({ sequences, temperature: 1, maxTokens: 1 }, plain);
  const { gradientNorm } = await policy.optimStep({ learningRate, weightDecay: 0, maxGradientNorm: null });
  return { mean, tokens: samples.map(({ tokenIds }) => tokenIds[0] ?? -1), loss: metrics.loss, gradientNorm };
}

interface Step {
  readonly mean: number;
  readonly tokens: readonly number[];
  readonly loss: number;
  readonly gradientNorm: number;
}

async function withPolicy<Result>(
  target: Target,
  act: (policy: TinkerPolicy, told: Awaited<ReturnType<typeof openPolicy>>['told']) => Promise<Result>,
): Promise<Result> {
  const { policy, told } = await openPolicy(target.url, target.options);
  try {
    return await act(policy, told);
  } finally {
    await policy[Symbol.asyncDispose]();
  }
}

describe.each(targets)('%s', (_name, open) => {
  it('reduces losses as its profile says, and the other reduction is told apart', async () => {
    const target = await open();
    const plan = { objective: plain, temperature: 1, weightDecay: 0, maxGradientNorm: null };
    await withPolicy(target, async (policy, told) => {
      expect(policy.refuses(plan)).toBeNull();
      await sample(policy, 1);
      expect(told.warnings).toEqual([]);
    });
    const other = target.options.server === 'skyrl-jax' ? 'hosted' : 'skyrl-jax';
    await withPolicy({ ...target, options: { ...target.options, server: other } }, async (policy) => {
      policy.refuses(plan);
      await expect(sample(policy, 1)).rejects.toMatchObject({ code: 'RUN_NOT_TRAINABLE', where: 'policy.with.server' });
    });
    await target.close();
  });

  it('samples as many tokens as asked for, and scores them as it sampled them', async () => {
    const target = await open();
    await withPolicy(target, async (policy, told) => {
      const { tokenIds, logprobs, finish } = await sample(policy, 7, 5);
      expect([tokenIds.length, logprobs.length, finish]).toEqual([5, 5, 'length']);
      expect(await sample(policy, 7, 5)).toMatchObject({ tokenIds });
      await step(policy, 0, 0);
      const gaps = told.metrics.filter(([name]) => name === 'logprob-gap').map(([, value]) => value);
      expect(Math.max(...gaps)).toBeLessThan(1e-3);
    });
    await target.close();
  });

  it('learns: the reward rises, and a checkpoint brings back what was learned', async () => {
    const target = await open();
    const folder = await emptyFolder();
    const curve: number[] = [];
    const learned = await withPolicy(target, async (policy) => {
      for (let number = 0; number < 25 && !(Math.min(...curve.slice(-2)) > 0.9 && curve.length > 2); number++) {
        curve.push((await step(policy, number, target.learningRate)).mean);
      }
      await policy.save(folder);
      return sample(policy, 99, 4);
    });
    expect(curve[0]).toBeLessThan(0.8);
    expect(Math.min(...curve.slice(-2))).toBeGreaterThan(0.9);
    await withPolicy(target, async (policy) => {
      expect((await sample(policy, 99, 4)).logprobs).not.toEqual(learned.logprobs);
      await policy.load(folder);
      const again = await sample(policy, 99, 4);
      expect(again.tokenIds).toEqual(learned.tokenIds);
      again.logprobs.forEach((value, token) => expect(value).toBeCloseTo(learned.logprobs[token] ?? NaN, 4));
      // The optimiser came back too: it goes on.
      expect((await step(policy, 50, target.learningRate)).mean).toBeGreaterThan(0.8);
    });
    await target.close();
  });

  it('does nothing twice and loses nothing when requests and replies go wrong', async () => {
    const target = await open();
    const folder = await emptyFolder();
    const steps = async (url: string): Promise<Step[]> => {
      const done: Step[] = [];
      for (const half of [0, 1]) {
        await withPolicy({ ...target, url }, async (policy) => {
          if (half === 1) await policy.load(folder);
          for (const number of [0, 1]) done.push(await step(policy, 2 * half + number, target.learningRate / 20));
          if (half === 0) await policy.save(folder);
        });
      }
      return done;
    };
    const calm = await steps(target.url);
    const kinds: WireFault[] = ['too-many', 'lost-reply', 'unavailable', 'twice', 'lost-request', 'cut'];
    const plan = (path: string, count: number): WireFault =>
      path === '/session_heartbeat' || count % 7 !== 3 ? null : (kinds[((count - 3) / 7) % kinds.length] ?? null);
    const proxy = await createFaultProxy(target.url, plan);
    const storm = await steps(proxy.url);
    await proxy.close();
    storm.forEach((one, index) => {
      const other = calm[index] as Step;
      expect(one.tokens).toEqual(other.tokens);
      expect(one.loss).toBeCloseTo(other.loss, 4);
      expect(Math.abs(one.gradientNorm - other.gradientNorm)).toBeLessThanOrEqual(0.01 * other.gradientNorm);
      if (index === 0) expect(one.gradientNorm).toBeGreaterThan(0);
    });
    await target.close();
  });
});
