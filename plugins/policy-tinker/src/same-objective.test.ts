import { afterEach, describe, expect, it } from '@jest/globals';
import { batchTotals, flattenSequence, objectiveLoss, type Aggregation, type Objective } from '@turnwise/core';
import { createTinkerServer, type TinkerServer } from './testing/tinker-server.js';
import { ToyModel } from './testing/toy-model.js';
import { adam, arbitraryBatch, bumpy, openPolicy, plain } from './tinker.fixture.js';

let server: TinkerServer;
afterEach(() => server.close());

const aggregations: Aggregation[] = ['token-mean', 'sequence-mean', 'constant', 'token-sum', 'sequence-mean-token-sum'];
const kinds: Objective[] = [
  plain,
  { ...plain, kind: 'ppo-clip', low: 0.2, high: 0.3, dualClip: null },
  { ...plain, kind: 'cispo', low: 0.2, high: 0.3 },
];

/** Two updates on one batch by our own definition of the objective, the second off-policy in any case. */
function ourUpdate(seed: number, objective: Objective): { model: ToyModel; losses: number[]; norms: number[] } {
  const batch = arbitraryBatch(seed, 12);
  const model = new ToyModel(12, bumpy);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let epoch = 0; epoch < 2; epoch++) {
    const tokens = batch.sequences.flatMap((sequence, index) => {
      const { tokenIds, mask, advantages, logprobs } = flattenSequence(sequence);
      return Array.from(mask).flatMap((owned, position) =>
        owned === 0
          ? []
          : {
              previous: tokenIds[position - 1] ?? 0,
              next: tokenIds[position] ?? 0,
              advantage: advantages[position] ?? 0,
              sampled: logprobs[position] ?? 0,
              index,
            },
      );
    });
    const loss = objectiveLoss(
      objective,
      {
        logprobs: tokens.map(({ previous, next }) => model.logprobs(previous)[next] ?? 0),
        samplingLogprobs: tokens.map(({ sampled }) => sampled),
        referenceLogprobs: null,
        advantages: tokens.map(({ advantage }) => advantage),
        sequences: tokens.map(({ index }) => index),
        entropies: null,
      },
      batchTotals(batch),
    );
    tokens.forEach(({ previous, next }, token) => model.backward(previous, next, loss.gradients[token] ?? 0));
    norms.push(model.step({ learning_rate: 0.05, beta1: 0.9, beta2: 0.95, eps: 1e-8 }, 1));
    losses.push(loss.loss);
  }
  return { model, losses, norms };
}

describe.each(['hosted', 'skyrl-jax'] as const)('the update through a server that reduces like %s', (name) => {
  it.each(kinds.flatMap((kind) => aggregations.map((aggregation) => ({ ...kind, aggregation }))))(
    '$kind, $aggregation: loss, gradient norm and weights are those of our own objective',
    async (objective) => {
      const seed = Math.floor(Math.random() * 1e9);
      const reduction = name === 'skyrl-jax' ? 'mean-of-means' : 'sum';
      server = await createTinkerServer({ vocabulary: 12, initialLogits: bumpy, reduction });
      const { policy } = await openPolicy(server.url, { server: name });
      const ours = ourUpdate(seed, objective);
      for (let epoch = 0; epoch < 2; epoch++) {
        const { loss } = await policy.forwardBackward(arbitraryBatch(seed, 12), objective);
        const { gradientNorm } = await policy.optimStep(adam);
        expect({ seed, loss, gradientNorm }).toEqual({
          seed,
          loss: expect.closeTo(ours.losses[epoch] ?? 0, 9) as unknown,
          gradientNorm: expect.closeTo(ours.norms[epoch] ?? 0, 9) as unknown,
        });
      }
      for (let previous = 0; previous < 12; previous++) {
        const there = server.engine.weights.logprobs(previous);
        ours.model.logprobs(previous).forEach((value, next) => {
          expect({ seed, value: there[next] }).toEqual({ seed, value: expect.closeTo(value, 6) as unknown });
        });
      }
      await policy[Symbol.asyncDispose]();
    },
  );
});
