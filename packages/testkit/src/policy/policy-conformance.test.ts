import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { definePolicy, type Policy, type Sample } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { policyConformance, type PolicySuiteSettings } from './policy-conformance.js';
import { tinyPolicy } from './tiny-policy.fixture.js';

const plugin = (change: (policy: Policy) => Partial<Policy> = () => ({})) =>
  definePolicy({
    id: 'tested',
    version: '1.0.0',
    options: z.strictObject({}),
    provides: ['policy.trainable', 'policy.tokenizer', 'policy.scores', 'trajectory.logprobs'],
    create: () => {
      const policy = tinyPolicy();
      return { ...policy, ...change(policy) };
    },
  });
/** The good samples, each changed. */
const samples = (change: (sample: Sample, request: Parameters<Policy['sample']>[0]) => unknown) =>
  plugin((policy) => ({
    sample: async (request, signal) => change(await policy.sample(request, signal), request) as Sample,
  }));

let underWay = 0;
const bad: readonly (readonly [string, ReturnType<typeof plugin>, PolicySuiteSettings?])[] = [
  ['policy/sample', samples((sample) => ({ ...sample, finish: 'done' }))],
  [
    'policy/logprobs',
    samples((sample, { turn }) => (turn === 3 ? { ...sample, logprobs: [...sample.logprobs, 0] } : sample)),
  ],
  [
    'policy/logprobs',
    samples((sample, { turn }) => (turn === 3 ? { ...sample, logprobs: sample.logprobs.map(() => 0.5) } : sample)),
  ],
  [
    'policy/max-tokens',
    plugin((policy) => ({
      sample: (request, signal) => policy.sample({ ...request, maxTokens: Math.max(4, request.maxTokens) }, signal),
    })),
  ],
  [
    'policy/stop',
    plugin((policy) => ({
      sample: (request, signal) => policy.sample(request.maxTokens === 24 ? { ...request, stop: [] } : request, signal),
    })),
  ],
  [
    'policy/seed',
    plugin((policy) => ({
      sample: (request, signal) =>
        policy.sample({ ...request, seed: request.trajectoryId === 'q1/7' ? request.seed + 1 : request.seed }, signal),
    })),
  ],
  [
    'policy/greedy',
    plugin((policy) => ({ sample: (request, signal) => policy.sample({ ...request, temperature: 1 }, signal) })),
  ],
  [
    'policy/concurrent',
    plugin((policy) => ({
      sample: async (request, signal) => {
        const busy = underWay++;
        await Promise.resolve();
        underWay--;
        return policy.sample({ ...request, seed: request.seed + busy }, signal);
      },
    })),
  ],
  [
    'policy/release',
    plugin((policy) => {
      let released = 0;
      return {
        release: () => {
          released++;
        },
        sample: (request, signal) =>
          released > 1 ? Promise.reject(new Error('no cache')) : policy.sample(request, signal),
      };
    }),
  ],
  [
    'policy/abort',
    plugin((policy) => ({
      sample: (request, signal) => (signal.aborted ? new Promise(() => undefined) : policy.sample(request, signal)),
    })),
    { seconds: 0.3 },
  ],
  ['policy/capabilities', plugin((policy) => ({ capabilities: { ...policy.capabilities, objectives: [] } }))],
  ['policy/capabilities', plugin(() => ({ tokenizer: null }))],
  ['policy/tokenizer', plugin(() => ({ tokenizer: { encode: (text) => [text.length], decode: () => '?' } }))],
  [
    'policy/scores',
    plugin((policy) => ({
      score: async (requests, signal) =>
        (await policy.score?.(requests, signal))?.map((row) => row && Array.from(row, (value) => value - 1)) ?? [],
    })),
  ],
  [
    'policy/train',
    plugin((policy) => ({
      forwardBackward: async (...asked) => ({ ...(await policy.forwardBackward(...asked)), tokens: 99 }),
    })),
  ],
  [
    'policy/learns',
    plugin((policy) => ({ optimStep: (step) => policy.optimStep({ ...step, learningRate: -step.learningRate }) })),
  ],
  ['policy/save-and-load', plugin(() => ({ load: () => Promise.resolve() }))],
];

it('passes a policy that keeps every rule', async () => {
  expect(await failuresOf((runner) => policyConformance(runner, plugin(), { from: null }))).toEqual(new Map());
});

it.each(bad)('%s is broken by a policy that breaks it, and nothing else is', async (id, broken, settings = {}) => {
  const failures = await failuresOf((runner) => policyConformance(runner, broken, { from: null, ...settings }));
  expect([...failures.keys()]).toEqual([id]);
});

it('has a broken policy for every rule of its own', async () => {
  const { ran } = await outcomeOf((runner) => policyConformance(runner, plugin(), { from: null }));
  const own = ran.filter((id) => id.startsWith('policy/'));
  expect(own.filter((id) => !bad.some(([broken]) => broken === id))).toEqual([]);
});
