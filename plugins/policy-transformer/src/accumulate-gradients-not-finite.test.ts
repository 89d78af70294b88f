import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { trainRun, type Policy, type TrainingParts, type TrainingSettings } from '@turnwise/core';
import { letterFolder, letterPolicy, never } from './letter-policy.fixture.js';

let base: string;
beforeAll(async () => {
  base = await letterFolder();
});

/** Every output is an answer; the first of each group is right; what it is worth the test says. */
function partsOf(policy: Policy, advantageOf: (call: number) => number): TrainingParts {
  let call = 0;
  return {
    policy,
    search: { search: () => Promise.reject(new Error('nobody searches')) },
    protocol: {
      stop: ['!'],
      prompt: () => 'abc',
      parse: (text) => ({ kind: 'answer', text }),
      observation: () => '',
      correction: () => '',
    },
    rewards: [
      {
        name: 'first',
        weight: 1,
        shaper: {
          shape: ({ trajectories }) =>
            trajectories.map((_, index) => ({ outcome: index === 0 ? 1 : 0, correct: index === 0, turns: [0] })),
        },
      },
    ],
    advantage: {
      name: 'stated',
      estimator: {
        estimate: (groups) => {
          const size = advantageOf(++call);
          return groups.map(({ shaped }) => ({
            composition: 'mixed' as const,
            level: 'turn' as const,
            turns: shaped.map((_, index) => [index === 0 ? size : -size]),
          }));
        },
      },
    },
    trackers: [],
  };
}

const settings: TrainingSettings = {
  seed: 1,
  rollout: {
    questionsPerStep: 2,
    groupSize: 2,
    maxTurns: 2,
    maxTokensPerTurn: 8,
    maxPassageTokens: 8,
    maxObservationTokens: 8,
    topK: 1,
    timeoutSeconds: null,
    temperature: 1,
    topP: 1,
    concurrency: 4,
  },
  objective: {
    kind: 'importance-sampling',
    kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
    aggregation: 'token-mean',
    entropyCoefficient: 0,
  },
  training: {
    steps: 3,
    learningRate: 0.01,
    warmupSteps: 0,
    schedule: 'constant',
    weightDecay: 0.1,
    maxGradientNorm: 1,
    epochs: 1,
    deadGroups: { policy: 'keep', countInDenominators: true, regularise: true },
    evalEvery: 0,
    checkpointEvery: 1,
  },
  evaluation: { temperature: 0, groupSize: 1 },
};

async function stateOf(policy: Policy): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-policy-'));
  await policy.save(folder);
  return Promise.all(['model', 'optimizer'].map((name) => readFile(join(folder, `${name}.safetensors`))));
}

/** Trains until it fails in step 2; weights, moments and records must be those of step 1. */
async function failing(advantageOf: (call: number) => number, changes: Partial<TrainingSettings['objective']> = {}) {
  await using policy = await letterPolicy(base);
  let afterStep1: Buffer[] = [];
  const recorded: (number | undefined)[] = [];
  const questions = ['q1', 'q2'].map((id) => ({ id, text: id, answers: ['a'] }));
  const objective = { ...settings.objective, ...changes } as TrainingSettings['objective'];
  const run = trainRun(
    partsOf(policy, advantageOf),
    { ...settings, objective },
    { train: questions, evaluation: questions },
    {
      signal: never,
      record: {
        appendMetrics: (metrics) => Promise.resolve(void recorded.push(metrics['step'])),
        writeTrajectories: () => Promise.resolve(),
        writeEvaluation: () => Promise.resolve(),
        appendEvent: () => Promise.resolve(),
        writeBest: () => Promise.resolve(),
        pruneCheckpoints: () => Promise.resolve(),
        pruneTrajectories: () => Promise.resolve(),
        goBack: () => Promise.resolve(null),
        writeCheckpoint: async () => {
          afterStep1 = await stateOf(policy);
          return 'checkpoint';
        },
      },
    },
  );
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(recorded).toEqual([0, 1]);
  const now = await stateOf(policy);
  expect(now.map((file, index) => file.equals(afterStep1[index] ?? Buffer.alloc(0)))).toEqual([true, true]);
  return error;
}

describe('numbers that are not finite, with the transformer policy', () => {
  it.each([NaN, Infinity])('an advantage of %p leaves weights and moments as they were', async (bad) => {
    expect(await failing((call) => (call === 2 ? bad : 1))).toMatchObject({ code: 'CONTRACT_ADVANTAGE_NOT_FINITE' });
  });

  it('so does a loss beyond the largest number', async () => {
    const error = await failing((call) => (call === 2 ? Number.MAX_VALUE : 1), { aggregation: 'token-sum' });
    expect(error).toMatchObject({
      code: 'RUN_NOT_FINITE',
      message: expect.stringMatching(/^The loss of step 2 is (NaN|-?Infinity); the weights were not changed/),
    });
  });

  it('so does a gradient that no single-precision number can hold, though its loss can be held', async () => {
    const error = await failing((call) => (call === 2 ? 1e100 : 1));
    expect(error).toMatchObject({
      code: 'RUN_NOT_FINITE',
      message: expect.stringMatching(/^The gradient norm of step 2 is (NaN|Infinity)/),
    });
  });
});
