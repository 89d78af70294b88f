import type { Engine, PackedBatch } from '../engine.js';
import type { ReferenceWeights } from './reference-transformer.js';
import { uniforms } from './small-models.js';

/** Rotary positions scaled as in Llama 3, of a small context. */
export const llama3Positions = {
  ropeTheta: 100,
  ropeScaling: {
    kind: 'llama3',
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContextLength: 40,
  },
} as const;

/** One small model of each kind, with the temperature it is scored at. */
export const modelKinds = [
  [
    'shared keys, three taps, temperature 0.7',
    { hiddenSize: 16, headCount: 2, keyValueHeadCount: 1, intermediateSize: 20 },
    0.7,
  ],
  [
    'one key per head of 16, no taps, temperature 1',
    { headCount: 2, keyValueHeadCount: 2, layerCount: 1, shiftTaps: 0 },
    1,
  ],
  [
    'as in Qwen2: biases of queries, keys and values, tied',
    { hiddenSize: 16, headCount: 2, keyValueHeadCount: 1, shiftTaps: 0, queryKeyValueBias: true },
    1,
  ],
  [
    'as in Qwen3: normed queries and keys, heads wider than the stream, an output head of its own, linear scaling',
    {
      hiddenSize: 24,
      headCount: 2,
      headSize: 16,
      keyValueHeadCount: 1,
      shiftTaps: 0,
      intermediateSize: 20,
      queryKeyNorm: true,
      tiedEmbedding: false,
      ropeScaling: { kind: 'linear', factor: 3 },
    },
    0.9,
  ],
  [
    'as in Llama 3: all biases, scaled positions, an output head of its own; and all the rest at once',
    {
      hiddenSize: 16,
      headCount: 2,
      keyValueHeadCount: 2,
      intermediateSize: 20,
      queryKeyValueBias: true,
      attentionOutBias: true,
      feedForwardBias: true,
      queryKeyNorm: true,
      tiedEmbedding: false,
      ...llama3Positions,
    },
    1.2,
  ],
] as const;

/** The parameters of an engine in double precision. */
export function doubles(engine: Engine): ReferenceWeights {
  return new Map(engine.parameters().map(({ name }) => [name, Float64Array.from(engine.readParameter(name))]));
}

/** A loss that is linear in the scores: sum of a logprob + b entropy, with random a and b. */
export function randomLoss(batch: PackedBatch, seed: number): { logprobs: Float32Array; entropies: Float32Array } {
  const uniform = uniforms(seed);
  const draw = (): Float32Array => Float32Array.from(batch.scored, () => uniform() - 0.5);
  return { logprobs: draw(), entropies: draw() };
}
