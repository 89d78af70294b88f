import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Aggregation, KullbackLeiblerTerm, Objective, PolicyLoss, TrainingSequence } from '@turnwise/core';
import { createEngine, transformerConfig, type Engine } from '@turnwise/engine';
import { GradientAccumulator } from './accumulate-gradients.js';
import { packSequences } from './pack-sequences.js';

const losses: PolicyLoss[] = [
  { kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip: null },
  { kind: 'ppo-clip', low: 0.2, high: 0.28, dualClip: 3 },
  { kind: 'importance-sampling' },
  { kind: 'cispo', low: 0.2, high: 0.28 },
  { kind: 'gspo', low: 0.2, high: 0.28 },
];
const penalties: KullbackLeiblerTerm[] = [
  { estimator: 'k3', coefficient: 0, reference: 'initial' },
  ...(['k1', 'k2', 'k3'] as const).map((estimator) => ({
    estimator,
    coefficient: 0.01,
    reference: 'initial' as const,
  })),
  { estimator: 'k2', coefficient: 0.01, reference: 'sampler' },
];
const aggregations: Aggregation[] = ['token-mean', 'sequence-mean', 'constant', 'token-sum', 'sequence-mean-token-sum'];
const off: KullbackLeiblerTerm = { estimator: 'k3', coefficient: 0, reference: 'initial' };
const config = transformerConfig({
  vocabularySize: 20,
  hiddenSize: 16,
  layerCount: 1,
  headCount: 2,
  keyValueHeadCount: 2,
  intermediateSize: 32,
  contextLength: 48,
});

let engine: Engine;
let reference: Engine;
beforeEach(() => {
  engine = createEngine({ config, seed: 5 });
  reference = createEngine({ config, seed: 6 });
});

function objectiveOf(
  loss: PolicyLoss,
  kl: KullbackLeiblerTerm = off,
  aggregation: Aggregation = 'token-mean',
  entropyCoefficient = 0,
): Objective {
  return { ...loss, kl, aggregation, entropyCoefficient };
}

/**
 * Prompt, policy tokens, an observation, policy tokens; sampled from the engine as it is, or where each token was
 * `exp(-logRatio)` times as likely.
 */
function sequence(first: number, length: number, advantage: number, logRatio = 0): TrainingSequence {
  const tokens = (start: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => (first + 3 * (start + index)) % 20);
  const spansWith = (logprobs: readonly number[]): TrainingSequence => ({
    trajectoryId: `t${first}`,
    spans: [
      { owner: 'prompt', tokenIds: tokens(0, 2) },
      { owner: 'policy', tokenIds: tokens(2, 2), advantage, logprobs: logprobs.slice(0, 2) },
      { owner: 'observation', tokenIds: tokens(4, 2) },
      { owner: 'policy', tokenIds: tokens(6, length - 2), advantage, logprobs: logprobs.slice(2) },
    ],
  });
  const scores = scoresOf([spansWith(new Array<number>(length).fill(0))]);
  return spansWith(Array.from(scores, (score) => score - logRatio));
}

/** Log-probabilities of the policy tokens under the engine as it is. */
function scoresOf(sequences: readonly TrainingSequence[]): number[] {
  return [...engine.score(packSequences(sequences).packed, { temperature: 1 }).logprobs];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function accumulate(sequences: readonly TrainingSequence[], objective: Objective, microBatchTokens = 4096, extra = {}) {
  const batch = { sequences, temperature: 1, maxTokens: 12, ...extra };
  return new GradientAccumulator(engine).accumulate(reference, batch, objective, microBatchTokens);
}

/** All gradients in one list; the engine's are zero afterwards. */
function takeGradients(): number[] {
  const gradients = engine.parameters().flatMap(({ name }) => [...engine.readGradient(name)]);
  engine.zeroGradients();
  return gradients;
}

function gradientsOf(...call: Parameters<typeof accumulate>): number[] {
  accumulate(...call);
  return takeGradients();
}

function expectClose(actual: readonly number[], expected: readonly number[], factor = 1): void {
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...actual.map((value, index) => Math.abs(value - factor * (expected[index] ?? NaN))));
  expect(worst).toBeLessThan(2e-5 * scale);
}

const combinations = losses.flatMap((loss) =>
  penalties.flatMap((kl) => aggregations.map((aggregation) => objectiveOf(loss, kl, aggregation, 0))),
);

describe('GradientAccumulator', () => {
  it('makes good tokens likelier and bad ones less likely, whatever the objective, the penalty and the aggregation', () => {
    const good = sequence(1, 5, 1);
    const bad = sequence(8, 7, -1);
    const before = [sum(scoresOf([good])), sum(scoresOf([bad]))] as const;
    for (const objective of combinations) {
      engine = createEngine({ config, seed: 5 });
      accumulate([good, bad], objective);
      engine.optimizerStep({ learningRate: 1e-3, maxGradientNorm: 1 });
      expect(sum(scoresOf([good]))).toBeGreaterThan(before[0]);
      expect(sum(scoresOf([bad]))).toBeLessThan(before[1]);
    }
  });

  it('gives the same update however the batch is split, whatever the objective, the penalty and the aggregation', () => {
    // Ratios on both sides of the clips, so that clipped and free tokens meet in every batch.
    const batch = [
      sequence(1, 5, 1, 0.1),
      sequence(8, 7, -1, -0.3),
      sequence(3, 4, 0.5, 0.4),
      sequence(11, 6, 0),
      sequence(6, 9, -0.2, 1.3),
    ];
    for (const objective of combinations) {
      const loss = accumulate(batch, objective);
      const whole = takeGradients();
      for (const microBatchTokens of [1, 24]) {
        const split = accumulate(batch, objective, microBatchTokens);
        for (const figure of ['loss', 'kl', 'clipFraction', 'entropy', 'tokens'] as const) {
          expect(split[figure]).toBeCloseTo(loss[figure], 6);
        }
        expectClose(takeGradients(), whole);
      }
    }
  });

  it('ppo-clip and gspo stop where the ratio left the clip; importance sampling goes on; cispo goes on at the clip', () => {
    const far = [sequence(1, 5, 1, 0.25)];
    const near = gradientsOf([sequence(1, 5, 1)], objectiveOf({ kind: 'importance-sampling' }));
    const zero = near.map(() => 0);
    const clip = (high: number): PolicyLoss => ({ kind: 'ppo-clip', low: 0.2, high, dualClip: null });
    expect(gradientsOf(far, objectiveOf(clip(0.2)))).toEqual(zero);
    expect(gradientsOf(far, objectiveOf({ kind: 'gspo', low: 0.2, high: 0.2 }))).toEqual(zero);
    const ratio = Math.exp(0.25);
    // Clip-higher lets through what the symmetric clip stops.
    expectClose(gradientsOf(far, objectiveOf(clip(0.3))), near, ratio);
    expectClose(gradientsOf(far, objectiveOf({ kind: 'gspo', low: 0.2, high: 0.3 })), near, ratio);
    expectClose(gradientsOf(far, objectiveOf({ kind: 'importance-sampling' })), near, ratio);
    expectClose(gradientsOf(far, objectiveOf({ kind: 'cispo', low: 0.2, high: 0.2 })), near, 1.2);
    expect(accumulate(far, objectiveOf(clip(0.2))).clipFraction).toBe(1);
  });

  it('dual clip stops pushing down a token that has already become many times likelier', () => {
    const far = [sequence(1, 5, -1, 2)];
    const loss = (dualClip: number | null): PolicyLoss => ({ kind: 'ppo-clip', low: 0.2, high: 0.2, dualClip });
    const free = gradientsOf(far, objectiveOf(loss(null)));
    expect(free.some((value) => value !== 0)).toBe(true);
    expect(gradientsOf(far, objectiveOf(loss(3)))).toEqual(free.map(() => 0));
    expect(gradientsOf(far, objectiveOf(loss(8)))).toEqual(free);
  });

  it.each(['k2', 'k3'] as const)('%s pulls towards the reference', (estimator) => {
    const batch = [sequence(1, 5, 0), sequence(8, 7, 0)];
    const objective = objectiveOf({ kind: 'importance-sampling' }, { estimator, coefficient: 1, reference: 'initial' });
    const distances = Array.from({ length: 12 }, () => {
      const { kl } = accumulate(batch, objective);
      engine.optimizerStep({ learningRate: 2e-3, maxGradientNorm: 1 });
      engine.zeroGradients();
      return kl;
    });
    expect(distances.at(-1)).toBeLessThan(0.5 * (distances[0] ?? NaN));
  });

  it('k1 measures the distance to the reference and pushes sampled tokens down wherever that is', () => {
    const batch = [sequence(1, 5, 0), sequence(8, 7, 0)];
    const objective = objectiveOf(
      { kind: 'importance-sampling' },
      { estimator: 'k1', coefficient: 1, reference: 'initial' },
    );
    const first = accumulate(batch, objective).kl;
    const gradients = takeGradients();
    reference = createEngine({ config, seed: 7 });
    expect(accumulate(batch, objective).kl).not.toBeCloseTo(first, 3);
    expect(takeGradients()).toEqual(gradients);
  });

  it('an entropy bonus alone raises entropy', () => {
    const batch = [sequence(1, 5, 0), sequence(8, 7, 0)];
    const objective = objectiveOf({ kind: 'importance-sampling' }, off, 'token-mean', 0.1);
    const before = accumulate(batch, objective);
    engine.optimizerStep({ learningRate: 1e-3, maxGradientNorm: 1 });
    const after = accumulate(batch, objective);
    expect(after.entropy).toBeGreaterThan(before.entropy);
    expect(before.loss).toBeCloseTo(-0.1 * before.entropy, 6);
  });

  it('divides by the denominators a batch states, else by its own sizes', () => {
    const live = [sequence(1, 5, 1), sequence(8, 7, -1)];
    const dead = [sequence(3, 6, 0), sequence(11, 6, 0)];
    const plain = objectiveOf({ kind: 'importance-sampling' });
    const alone = gradientsOf(live, plain);
    // 12 live tokens of 24: dead groups that count halve the update.
    expectClose(gradientsOf([...live, ...dead], plain), alone, 0.5);
    const denominators = { tokens: 24, sequences: 4, trajectories: 4 };
    expectClose(gradientsOf(live, plain, 4096, { denominators }), alone, 0.5);
    // Under a KL term dead tokens move weights, unless they are not computed.
    const pulled = objectiveOf({ kind: 'importance-sampling' }, { ...off, coefficient: 1 });
    const kept = gradientsOf([...live, ...dead], pulled);
    const masked = gradientsOf(live, pulled);
    expect(Math.max(...kept.map((value, index) => Math.abs(value - 0.5 * (masked[index] ?? NaN))))).toBeGreaterThan(
      1e-3,
    );
    expect(accumulate(dead, pulled).loss).toBeGreaterThan(0);
  });
});
