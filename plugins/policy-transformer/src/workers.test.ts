import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Objective } from '@turnwise/core';
import {
  letterBatch,
  letterFolder,
  letterObjective,
  letterOptimizer as optimizer,
  letterPolicy,
  letterRequest,
  never,
  sampleGroups,
} from './letter-policy.fixture.js';
import type { TransformerOptions } from './transformer-options.js';
import { workerCount } from './worker-count.js';

jest.setTimeout(120_000);

/** Every term of a loss is there, so that every one could differ. */
const objective: Objective = {
  ...letterObjective,
  kl: { estimator: 'k3', coefficient: 0.01, reference: 'initial' },
  entropyCoefficient: 0.001,
};
let base: string;
beforeAll(async () => {
  base = await letterFolder();
});

/** Three steps and what they leave: samples, metrics, the bytes of weights and moments, scores. */
async function run(options: Partial<TransformerOptions>, files: readonly string[], resume = false): Promise<unknown> {
  await using policy = await letterPolicy(base, { microBatchTokens: 64, ...options });
  const steps: unknown[] = [];
  for (let step = 0; step < 3; step++) {
    const batch = await letterBatch(policy);
    const losses = [await policy.forwardBackward(batch, objective), await policy.forwardBackward(batch, objective)];
    steps.push({ batch, losses, update: await policy.optimStep(optimizer) });
  }
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-workers-'));
  await policy.save(folder);
  const bytes = await Promise.all(files.map((file) => readFile(join(folder, file))));
  if (resume) await policy.load(folder);
  const requests = [3, 30, 60, 65, 7].map((length) => ({
    tokenIds: Array.from({ length }, (_, at) => (at * 3 + length) % 20),
    from: 1,
  }));
  return { steps, bytes, after: await sampleGroups(policy), scores: await policy.score?.(requests, never) };
}

describe('workers', () => {
  it('change no bit of samples, metrics, weights, moments or scores, whatever their number', async () => {
    const files = ['model.safetensors', 'optimizer.safetensors'];
    const alone = await run({ workers: 1 }, files, true);
    expect(await run({ workers: 1 }, files)).toEqual(alone);
    expect(await run({ workers: 2 }, files, true)).toEqual(alone);
    expect(await run({ workers: 3, slots: 4 }, files)).toEqual(alone);
  });

  it('compute with the kernels of the engine they stand for', async () => {
    const files = ['model.safetensors', 'optimizer.safetensors'];
    const fused = await run({ workers: 1, relaxedSimd: 'on' }, files);
    expect(await run({ workers: 2, relaxedSimd: 'on' }, files)).toEqual(fused);
    expect(await run({ workers: 2, relaxedSimd: 'off' }, files)).not.toEqual(fused);
  });

  it('change no bit of adapters either', async () => {
    const lora = { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'] as ('q_proj' | 'down_proj')[], merge: false };
    const files = ['adapter_model.safetensors', 'optimizer.safetensors'];
    expect(await run({ workers: 2, lora }, files)).toEqual(await run({ workers: 1, lora }, files));
  });

  it('are as many as asked, or one a core on the embedded engine', () => {
    expect(workerCount(3, 'wasm')).toBe(3);
    expect(workerCount('auto', 'wasm')).toBeGreaterThanOrEqual(1);
    expect(workerCount('auto', 'tfjs (cpu)')).toBe(1);
    expect(workerCount(1, 'tfjs (cpu)')).toBe(1);
    expect(() => workerCount(2, 'tfjs (cpu)')).toThrow('2 workers need the embedded engine, not tfjs (cpu).');
  });

  it('stop a sample that is aborted, and fail what is asked after the end', async () => {
    await using policy = await letterPolicy(base, { workers: 2 });
    const controller = new AbortController();
    const aborted = policy.sample(letterRequest('a', [1], 1), controller.signal);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(policy.sample(letterRequest('b', [1], 1), controller.signal)).rejects.toThrow('enough');
    await policy[Symbol.asyncDispose]();
    await expect(policy.sample(letterRequest('c', [1], 1), never)).rejects.toThrow('closed');
  });
});
