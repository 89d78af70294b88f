import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PolicySpan, TrainingBatch } from '@turnwise/core';
import { loadTokenizer } from './load-tokenizer.js';
import { splitData } from './split-data.js';
import { createTinkerServer, type TinkerServer } from './testing/tinker-server.js';
import { adam, arbitraryBatch, bumpy, letters, openPolicy, plain } from './tinker.fixture.js';
import { trainingData } from './training-data.js';
import { detailOf } from './wire-failure.js';

let server: TinkerServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(options: Parameters<typeof openPolicy>[1] = {}): ReturnType<typeof openPolicy> {
  server ??= await createTinkerServer({ vocabulary: 26, initialLogits: bumpy, decode: letters.decode });
  return openPolicy(server.url, options);
}

function batchOf(span: Partial<PolicySpan>, before: readonly number[] = [1]): TrainingBatch {
  const policy: PolicySpan = { owner: 'policy', tokenIds: [2, 3], logprobs: [-1, -1], advantage: 1, ...span };
  const spans = [{ owner: 'prompt' as const, tokenIds: before }, policy];
  return { sequences: [{ trajectoryId: 'q/0', spans }], temperature: 1, maxTokens: 8 };
}

describe('TinkerPolicy', () => {
  const plan = { objective: plain, temperature: 1, weightDecay: 0, maxGradientNorm: null };

  it.each([
    ['objective.kl.coefficient', { ...plan, objective: { ...plain, kl: { ...plain.kl, coefficient: 0.1 } } }],
    ['objective.entropyCoefficient', { ...plan, objective: { ...plain, entropyCoefficient: 0.1 } }],
    [
      'objective.dualClip',
      { ...plan, objective: { ...plain, kind: 'ppo-clip' as const, low: 0.2, high: 0.2, dualClip: 3 } },
    ],
    ['rollout.temperature', { ...plan, temperature: 0.7 }],
  ])('refuses %s before training', async (where, asked) => {
    const { policy } = await open();
    expect(policy.refuses(asked)).toMatchObject({ where });
    expect(policy.refuses(plan)).toBeNull();
    await policy[Symbol.asyncDispose]();
  });

  it('says where the server does not follow the optimiser settings', async () => {
    const { policy, told } = await open({ server: 'skyrl-ray' });
    policy.refuses({ ...plan, weightDecay: 0.1, maxGradientNorm: 1 });
    expect(told.warnings).toHaveLength(2);
    await policy[Symbol.asyncDispose]();
  });

  it.each([
    ['fewer log-probabilities than tokens', batchOf({ logprobs: [-1] })],
    ['a log-probability that is no number', batchOf({ logprobs: [-1, Number.NaN] })],
    ['an infinite advantage', batchOf({ advantage: Infinity })],
    ['a negative token', batchOf({ tokenIds: [2, -3] })],
    ['a policy token with nothing before it', batchOf({}, [])],
  ])('sends nothing for %s', async (_name, batch) => {
    const { policy } = await open();
    await expect(policy.forwardBackward(batch, plain)).rejects.toMatchObject({ code: 'CONTRACT_SAMPLE_INVALID' });
    expect(server?.arrivals.map(({ path }) => path)).not.toContain('/forward_backward');
    await policy[Symbol.asyncDispose]();
  });

  it('never sends an empty list of data', async () => {
    const { policy } = await open();
    const metrics = await policy.forwardBackward({ sequences: [], temperature: 1, maxTokens: 8 }, plain);
    expect(metrics).toMatchObject({ loss: 0, tokens: 0 });
    expect(await policy.optimStep(adam)).toEqual({ gradientNorm: 0 });
    expect(server?.engine.done).toEqual([]);
    await policy[Symbol.asyncDispose]();
  });

  it('samples tokens verbatim up to a stop string, and from new weights after an update', async () => {
    const { policy } = await open();
    const request = {
      trajectoryId: 't',
      messages: [],
      tokenIds: [3],
      seed: 2 ** 32 - 1,
      temperature: 1,
      topP: 1,
      maxTokens: 200,
      stop: ['q'],
      turn: 0,
      maySearch: true,
    };
    const signal = new AbortController().signal;
    const sample = await policy.sample(request, signal);
    expect(sample.text.endsWith('q')).toBe(true);
    expect(letters.encode(sample.text)).toEqual(sample.tokenIds);
    let previous = 3;
    sample.tokenIds.forEach((token, index) => {
      expect(sample.logprobs[index]).toBe(server?.engine.weights.logprobs(previous)[token]);
      previous = token;
    });
    expect(await policy.sample({ ...request, maxTokens: 1, stop: [] }, signal)).toMatchObject({ finish: 'length' });
    const sessions = () => server?.arrivals.filter(({ path }) => path === '/save_weights_for_sampler').length;
    expect(sessions()).toBe(1);
    await policy.forwardBackward(arbitraryBatch(1, 26), plain);
    await policy.optimStep(adam);
    await policy.sample(request, signal);
    expect(sessions()).toBe(2);
    await policy[Symbol.asyncDispose]();
  });

  it('keeps the session alive', async () => {
    const { policy } = await open({ heartbeatSeconds: 0.005 });
    const beats = () => server?.arrivals.filter(({ path }) => path === '/session_heartbeat').length ?? 0;
    for (let turn = 0; turn < 2000 && beats() < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(beats()).toBeGreaterThanOrEqual(3);
    await policy[Symbol.asyncDispose]();
  });

  it('names the models a server has, and refuses a rank it cannot train', async () => {
    await expect(open({ baseModel: 'other' })).rejects.toMatchObject({ hint: 'It offers: toy.' });
    await expect(open({ rank: 0 })).rejects.toMatchObject({ code: 'PLUGIN_OPTIONS_INVALID' });
  });

  it('says so when a checkpoint folder is not one of this policy', async () => {
    const { policy } = await open();
    const folder = await mkdtemp(join(tmpdir(), 'turnwise-tinker-'));
    await expect(policy.load(folder)).rejects.toMatchObject({ code: 'RUN_CORRUPT' });
    await writeFile(join(folder, 'tinker.json'), '{"path":"tinker://x","rank":8}');
    await expect(policy.load(folder)).rejects.toMatchObject({ hint: 'Set rank to 8.' });
    await policy[Symbol.asyncDispose]();
  });
});

describe('splitData', () => {
  const { data } = trainingData(arbitraryBatch(4, 12), 'token-mean', { reduction: 'sum', sendWeights: true });
  const [datum] = data;

  it('keeps the order, at most so many data and about so many bytes a request', () => {
    const many = Array.from({ length: 2500 }, () => datum as NonNullable<typeof datum>);
    expect(splitData(many).map(({ length }) => length)).toEqual([1024, 1024, 452]);
    const size = JSON.stringify(datum).length;
    expect(splitData(many.slice(0, 5), 1024, size * 2).map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(splitData(many.slice(0, 2), 1024, 1).map(({ length }) => length)).toEqual([1, 1]);
    expect(splitData(data).flat()).toEqual(data);
    expect(splitData([])).toEqual([]);
  });
});

describe('detailOf', () => {
  it('tells where and what, never the payload a validation error echoes', () => {
    const body = { detail: [{ type: 'missing', loc: ['body', 'data'], msg: 'Field required', input: { secret: 1 } }] };
    expect(detailOf(body, JSON.stringify(body))).toBe('body.data: Field required');
    expect(detailOf(undefined, 'x'.repeat(1000)).length).toBeLessThan(310);
  });
});

describe('loadTokenizer', () => {
  it('names the file that cannot be read', () => {
    expect(() => loadTokenizer('/nowhere')).toThrow(/nowhere.tokenizer\.json/);
  });
});
