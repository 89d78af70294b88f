import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Policy, TrainingBatch } from '@turnwise/core';
import {
  letterFolder,
  letterObjective as objective,
  letterOptimizer as optimizer,
  letterPolicy,
  letterRequest as request,
  never,
} from './letter-policy.fixture.js';
import type { TransformerOptions } from './transformer-options.js';

let base: string;
beforeAll(async () => {
  base = await letterFolder();
});

function policy(changes: Partial<TransformerOptions> = {}): Promise<Policy & AsyncDisposable> {
  return letterPolicy(base, changes);
}

/** What each of many concurrent requests gets. */
async function sampleAll(target: Policy): Promise<unknown[]> {
  const prompts = Array.from({ length: 20 }, (_, index) =>
    Array.from({ length: 1 + index }, (_, at) => (at * 7 + index) % 20),
  );
  return Promise.all(prompts.map((prompt, index) => target.sample(request(`t${index}`, prompt, index), never)));
}

async function trainingBatch(target: Policy): Promise<TrainingBatch> {
  const prompt = [1, 2, 3];
  const sequences = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const sample = await target.sample(request(`train${index}`, prompt, 100 + index), never);
      return {
        trajectoryId: `train${index}`,
        spans: [
          { owner: 'prompt' as const, tokenIds: prompt },
          {
            owner: 'policy' as const,
            tokenIds: sample.tokenIds,
            logprobs: sample.logprobs,
            advantage: (index % 3) - 1,
          },
        ],
      };
    }),
  );
  return { sequences, temperature: 1, maxTokens: 12 };
}

describe('the transformer policy', () => {
  it('gives a request the same tokens whatever else it serves, and however few places its cache has', async () => {
    const alone: unknown[] = [];
    await using one = await policy({ slots: 1 });
    for (let index = 0; index < 20; index++) {
      const prompt = Array.from({ length: 1 + index }, (_, at) => (at * 7 + index) % 20);
      alone.push(await one.sample(request(`t${index}`, prompt, index), never));
    }
    await using many = await policy();
    await using few = await policy({ slots: 3, tokensPerStep: 64 });
    expect(await sampleAll(many)).toEqual(alone);
    expect(await sampleAll(few)).toEqual(alone);
  });

  it('continues a trajectory from its cache as it would from nothing', async () => {
    await using cached = await policy();
    await using fresh = await policy();
    const first = await cached.sample(request('a', [1, 2, 3], 1), never);
    const next = [1, 2, 3, ...first.tokenIds, 4, 5, 6];
    expect(await cached.sample(request('a', next, 2), never)).toEqual(await fresh.sample(request('b', next, 2), never));
  });

  it('stops after a stop string and never exceeds the permitted tokens', async () => {
    await using target = await policy();
    for (const sample of (await sampleAll(target)) as { text: string; tokenIds: number[]; finish: string }[]) {
      expect(sample.tokenIds.length).toBeLessThanOrEqual(12);
      expect(sample.finish).toBe(sample.text.endsWith('!') ? 'stop' : 'length');
      expect(sample.text.slice(0, -1)).not.toContain('!');
    }
  });

  it('reports at sampling the log-probabilities it trains with: the ratio starts at one', async () => {
    await using target = await policy();
    const loss = await target.forwardBackward(await trainingBatch(target), objective);
    expect(loss.clipFraction).toBe(0);
    const again = await target.forwardBackward(await trainingBatch(target), {
      ...objective,
      kl: { estimator: 'k3', coefficient: 1, reference: 'sampler' },
    });
    expect(again.kl).toBeLessThan(1e-9);
  });

  it('updates the same however the batch is split', async () => {
    const norms = await Promise.all(
      [64, 8192].map(async (microBatchTokens) => {
        await using target = await policy({ microBatchTokens });
        const loss = await target.forwardBackward(await trainingBatch(target), objective);
        const { gradientNorm } = await target.optimStep(optimizer);
        return [loss.loss, gradientNorm];
      }),
    );
    expect(norms[0]?.[0]).toBeCloseTo(norms[1]?.[0] as number, 9);
    expect(norms[0]?.[1]).toBeCloseTo(norms[1]?.[1] as number, 5);
  });

  it('makes rewarded tokens likelier, and keeps near its reference under a KL term', async () => {
    const change = async (coefficient: number): Promise<number> => {
      await using target = await policy();
      const batch = await trainingBatch(target);
      const kl = { estimator: 'k3' as const, coefficient, reference: 'initial' as const };
      let last = 0;
      for (let step = 0; step < 15; step++) {
        last = (await target.forwardBackward(batch, { ...objective, kind: 'importance-sampling', kl })).loss;
        await target.optimStep(optimizer);
      }
      return last;
    };
    const free = await change(0);
    expect(free).toBeLessThan(-0.05);
    expect(await change(50)).toBeGreaterThan(free);
  });

  it('goes on from a saved checkpoint as if it had never stopped', async () => {
    await using stayed = await policy();
    const batch = await trainingBatch(stayed);
    await stayed.forwardBackward(batch, objective);
    await stayed.optimStep(optimizer);
    const folder = await mkdtemp(join(tmpdir(), 'turnwise-policy-'));
    await stayed.save(folder);
    await using resumed = await policy();
    await resumed.load(folder);
    for (const target of [stayed, resumed]) {
      await target.forwardBackward(batch, objective);
      await target.optimStep(optimizer);
    }
    expect(await sampleAll(resumed)).toEqual(await sampleAll(stayed));
  });

  it('stops sampling when aborted', async () => {
    await using target = await policy();
    const controller = new AbortController();
    const sample = target.sample(request('a', [1], 1), controller.signal);
    controller.abort(new Error('enough'));
    await expect(sample).rejects.toThrow('enough');
  });

  it('says where it looked for a checkpoint that is not there', async () => {
    await expect(policy({ base: '/nowhere' })).rejects.toThrow(/no checkpoint at \/nowhere/);
  });
});
