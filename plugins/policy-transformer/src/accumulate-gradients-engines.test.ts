import { beforeAll, expect, it } from '@jest/globals';
import type { KullbackLeiblerTerm, Objective, PolicyLoss, TrainingSequence } from '@turnwise/core';
import { openEngine, transformerConfig, type Engine } from '@turnwise/engine';
import { GradientAccumulator } from './accumulate-gradients.js';

const config = transformerConfig({
  vocabularySize: 20,
  hiddenSize: 16,
  layerCount: 1,
  headCount: 2,
  intermediateSize: 24,
  contextLength: 32,
});

/** TensorFlow.js in plain JavaScript, whatever else is installed. */
const importModule = (name: string): Promise<unknown> =>
  name === '@tensorflow/tfjs' ? import('@tensorflow/tfjs') : Promise.reject(new Error('left out'));
const open = (engine: 'wasm' | 'tfjs', seed: number): Promise<Engine> =>
  openEngine({ config, seed, engine, importModule });

let engines: { readonly policy: Engine; readonly reference: Engine }[];
beforeAll(async () => {
  engines = await Promise.all(
    (['wasm', 'tfjs'] as const).map(async (name) => ({ policy: await open(name, 5), reference: await open(name, 6) })),
  );
});

/** Prompt, policy, observation, policy; sampled where tokens were more or less likely than they are now. */
function sequence(first: number, length: number, advantage: number): TrainingSequence {
  const tokens = (count: number): number[] => Array.from({ length: count }, (_, index) => (first + 3 * index) % 20);
  const logprobs = (count: number): number[] => Array.from({ length: count }, (_, index) => -2 - ((first + index) % 3));
  return {
    trajectoryId: `t${first}`,
    spans: [
      { owner: 'prompt', tokenIds: tokens(2) },
      { owner: 'policy', tokenIds: tokens(2), logprobs: logprobs(2), advantage },
      { owner: 'observation', tokenIds: tokens(3) },
      { owner: 'policy', tokenIds: tokens(length), logprobs: logprobs(length), advantage: advantage / 2 },
    ],
  };
}
const batch = { sequences: [sequence(1, 3, 1), sequence(7, 5, -1), sequence(4, 2, 0)], temperature: 1, maxTokens: 12 };

const losses: PolicyLoss[] = [
  { kind: 'ppo-clip', low: 0.2, high: 0.28, dualClip: 3 },
  { kind: 'importance-sampling' },
  { kind: 'cispo', low: 0.2, high: 0.28 },
  { kind: 'gspo', low: 0.2, high: 0.28 },
];
const penalties = (['k1', 'k2', 'k3'] as const).map((estimator): KullbackLeiblerTerm => ({
  estimator,
  coefficient: 0.05,
  reference: 'initial',
}));
const off: KullbackLeiblerTerm = { estimator: 'k3', coefficient: 0, reference: 'sampler' };
const objectives: Objective[] = [
  ...losses.map((loss): Objective => ({ ...loss, kl: off, aggregation: 'token-mean', entropyCoefficient: 0 })),
  ...penalties.map((kl): Objective => ({
    kind: 'importance-sampling',
    kl,
    aggregation: 'sequence-mean',
    entropyCoefficient: 0.01,
  })),
  { kind: 'importance-sampling', kl: off, aggregation: 'constant', entropyCoefficient: 0 },
];

it.each(objectives.map((objective) => [objective.kind, objective.kl, objective] as const))(
  '%s with %j has one loss and one gradient on both engines',
  (_, __, objective) => {
    const [ours, theirs] = engines.map(({ policy, reference }) => {
      policy.zeroGradients();
      const metrics = new GradientAccumulator(policy).accumulate(reference, batch, objective, 64);
      return { metrics, gradients: policy.parameters().map(({ name }) => policy.readGradient(name)) };
    });
    for (const figure of ['loss', 'kl', 'clipFraction', 'entropy', 'tokens'] as const) {
      expect(theirs?.metrics[figure]).toBeCloseTo(ours?.metrics[figure] ?? NaN, 5);
    }
    ours?.gradients.forEach((gradient, index) => {
      const scale = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(scale).toBeGreaterThan(1e-5);
      const other = theirs?.gradients[index] ?? new Float32Array();
      const worst = gradient.reduce((most, value, place) => Math.max(most, Math.abs(value - (other[place] ?? NaN))), 0);
      expect(worst / scale).toBeLessThan(5e-4);
    });
  },
);
