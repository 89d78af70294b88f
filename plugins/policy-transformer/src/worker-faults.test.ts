import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Policy } from '@turnwise/core';
import { FaultyWorkers, type FaultHow, type FaultPlace } from './fault.fixture.js';
import {
  letterBatch,
  letterFolder,
  letterObjective as objective,
  letterOptimizer as optimizer,
  letterPolicy,
  sampleGroups,
} from './letter-policy.fixture.js';

/** Every case starts a thread anew, which takes a while on a busy machine. */
jest.setTimeout(120_000);

const options = { workers: 2, microBatchTokens: 64 };

const faults = new FaultyWorkers();
const warnings: string[] = [];
let policy: Policy & AsyncDisposable;
let undisturbed: Policy & AsyncDisposable;

beforeAll(async () => {
  const base = await letterFolder();
  policy = await letterPolicy(base, options, faults.spawn, warnings);
  undisturbed = await letterPolicy(base, { ...options, workers: 1 });
});
afterAll(async () => {
  await policy[Symbol.asyncDispose]();
  await undisturbed[Symbol.asyncDispose]();
});

/** Rollouts, an update, and what the metrics of both are. */
async function step(target: Policy): Promise<unknown> {
  const batch = await letterBatch(target);
  const loss = await target.forwardBackward(batch, objective);
  return { batch, loss, update: await target.optimStep(optimizer) };
}

async function savedBytes(target: Policy): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-faults-'));
  await target.save(folder);
  return Promise.all(['model.safetensors', 'optimizer.safetensors'].map((file) => readFile(join(folder, file))));
}

describe('a worker that dies', () => {
  it.each<[FaultPlace, FaultHow]>([
    ['rollout', 'exit'],
    ['forward', 'exit'],
    ['backward', 'exit'],
    ['reduction', 'exit'],
    ['rollout', 'hang'],
    ['reduction', 'hang'],
    ['backward', 'memory'],
  ])('in the %s by %s: the step is what it would have been', async (place, how) => {
    warnings.length = 0;
    const expected = await step(undisturbed);
    faults.arm(place, how);
    const disturbed = step(policy);
    if (how === 'hang') await faults.terminate();
    expect(await disturbed).toEqual(expected);
    expect(faults.left).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching(/^Worker thread [12] of the policy ended \(.*\); its work is done/),
    ]);
    if (how === 'memory') expect(warnings[0]).toContain('memory');
  });

  it('leaves nothing of a step behind when the work throws: the same step can be made again', async () => {
    const expected = await step(undisturbed);
    const batch = await letterBatch(policy);
    for (const place of ['forward', 'backward', 'reduction'] as const) {
      faults.arm(place, 'throw');
      await expect(policy.forwardBackward(batch, objective)).rejects.toThrow(`thrown in the ${place}`);
    }
    const loss = await policy.forwardBackward(batch, objective);
    expect({ batch, loss, update: await policy.optimStep(optimizer) }).toEqual(expected);
  });

  it('again and again ends the step with an error, and no part of a gradient is kept', async () => {
    const batch = await letterBatch(policy);
    faults.arm('backward', 'exit', 100);
    const failing = expect(policy.forwardBackward(batch, objective)).rejects;
    await failing.toMatchObject({ code: 'RUN_WORKER_FAILED' });
    faults.arm('backward', 'exit', 0);
    // The state is whole and can still be saved.
    const [saved, expected] = await Promise.all([policy, undisturbed].map(savedBytes));
    expect(saved).toEqual(expected);
    await expect(sampleGroups(policy)).rejects.toThrow(/ended 3 times in the same work/);
  });
});
