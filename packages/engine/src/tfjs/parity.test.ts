import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Engine } from '../engine.js';
import { loraTargets, type LoraConfig } from '../lora.js';
import { normalStream } from '../random-normal.js';
import { llama3Positions } from '../testing/model-kinds.js';
import { randomBatch, smallEngine, uniforms } from '../testing/small-models.js';
import type { TransformerConfigInput } from '../transformer-config.js';
import { TfjsEngine } from './tfjs-engine.js';

/** Log-probabilities and entropies, in nats: float32 sums of a few hundred terms in two orders. */
const scoreTolerance = 3e-5;
/** Of the largest gradient in the tensor. */
const gradientTolerance = 3e-4;
/** Mean over a batch, in nats, between the first and the tenth step. */
const lossTolerance = 3e-4;
/** Weights after ten steps of a learning rate of 1e-3: Adam turns a tiny gradient's rounding into a step of its own size. */
const weightTolerance = 2e-4;

/** The same weights and adapters on TensorFlow.js. */
function onTensorFlow(engine: Engine): TfjsEngine {
  const other = new TfjsEngine(tf, engine.config, 0, {}, { lora: engine.lora, trainable: true });
  for (const { name } of [...engine.parameters(), ...(engine.lora ? engine.trainedParameters() : [])])
    other.writeParameter(name, engine.readParameter(name));
  return other;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(b.length).toBe(a.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    most = Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }
  return most;
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

beforeAll(async () => {
  await tf.setBackend('cpu');
});
let before: number;
beforeAll(() => {
  before = tf.memory().numTensors;
});
afterAll(() => {
  // Every test disposes its engine: what is left would be a leak of `forward`, `backward`, a step or a decoder.
  expect(tf.memory().numTensors).toBe(before);
});

/** The JavaScript backend takes a second for what the embedded engine does in a millisecond. */
const small = { hiddenSize: 16, headCount: 2, keyValueHeadCount: 1, intermediateSize: 20 };

/** Every combination of keys per head or shared, tied or not, with and without biases, with and without taps. */
const combinations = [2, 1].flatMap((keyValueHeadCount) =>
  [true, false].flatMap((tiedEmbedding) =>
    [true, false].flatMap((biased) =>
      [0, 2].map((shiftTaps): [string, Partial<TransformerConfigInput>, number, LoraConfig | null] => [
        [
          keyValueHeadCount === 2 ? 'a key per head' : 'shared keys',
          tiedEmbedding ? 'tied' : 'untied',
          biased ? 'all biases' : 'no bias',
          shiftTaps === 0 ? 'no taps' : `${shiftTaps} taps`,
        ].join(', '),
        {
          ...small,
          layerCount: 1,
          keyValueHeadCount,
          tiedEmbedding,
          queryKeyValueBias: biased,
          attentionOutBias: biased,
          feedForwardBias: biased,
          shiftTaps,
        },
        1,
        null,
      ]),
    ),
  ),
);

const models: [string, Partial<TransformerConfigInput>, number, LoraConfig | null][] = [
  ...combinations,
  ['two layers, temperature 0.7', small, 0.7, null],
  [
    'as in Qwen2: biases of queries, keys and values, tied',
    { ...small, shiftTaps: 0, queryKeyValueBias: true },
    1,
    null,
  ],
  [
    'adapters on all projections',
    { ...small, queryKeyValueBias: true },
    0.8,
    { rank: 3, alpha: 7, targets: loraTargets },
  ],
  [
    'adapters on some projections of normed heads and an output head of its own, scale by the root of the rank',
    { ...small, shiftTaps: 0, queryKeyNorm: true, tiedEmbedding: false },
    1,
    { rank: 8, alpha: 4, targets: ['v_proj', 'up_proj', 'o_proj'], rankStabilised: true },
  ],
  [
    'as in Qwen3: normed heads wider than the stream, an output head of its own, linear scaling',
    {
      ...small,
      hiddenSize: 24,
      headCount: 2,
      headSize: 16,
      keyValueHeadCount: 1,
      shiftTaps: 0,
      queryKeyNorm: true,
      tiedEmbedding: false,
      ropeScaling: { kind: 'linear', factor: 3 },
    },
    0.9,
    null,
  ],
  [
    'as in Llama 3: all biases, scaled positions, an output head of its own; and taps',
    {
      ...small,
      queryKeyValueBias: true,
      attentionOutBias: true,
      feedForwardBias: true,
      tiedEmbedding: false,
      ...llama3Positions,
    },
    1.2,
    null,
  ],
];

/** With adapters away from their start, where B is 0 and A has no gradient. */
function adaptedEngine(changes: Partial<TransformerConfigInput>, seed: number, lora: LoraConfig | null): Engine {
  const engine = smallEngine(changes, seed);
  if (lora === null) return engine;
  const adapted = createEngine({ config: engine.config, seed, lora });
  for (const { name } of engine.parameters()) adapted.writeParameter(name, engine.readParameter(name));
  for (const { name } of adapted.trainedParameters()) {
    const normal = normalStream(seed, name);
    adapted.writeParameter(
      name,
      adapted.readParameter(name).map(() => 0.3 * normal()),
    );
  }
  return adapted;
}

describe.each(models)('wasm and tfjs agree: %s', (_, changes, temperature, lora) => {
  const lengths = [2, 3, 8, 13, 5];

  it('scores and gradients of a ragged batch', () => {
    const engine = adaptedEngine(changes, 1, lora);
    const other = onTensorFlow(engine);
    const batch = randomBatch(engine.config, lengths, 7, 0.9);
    const uniform = uniforms(8);
    const draw = (): Float32Array => Float32Array.from(batch.scored, () => uniform() - 0.5);
    const gradient = { logprobs: draw(), entropies: draw() };
    const [ours, theirs] = [engine, other].map((one) => one.forward(batch, { temperature }));
    expect(ours?.logprobs.length).toBeGreaterThan(15);
    expect(largestDifference(ours?.logprobs ?? [], theirs?.logprobs ?? [])).toBeLessThan(scoreTolerance);
    expect(largestDifference(ours?.entropies ?? [], theirs?.entropies ?? [])).toBeLessThan(scoreTolerance);
    for (const one of [engine, other]) one.backward(gradient);
    expect(other.trainedParameters()).toEqual(engine.trainedParameters());
    for (const { name } of engine.trainedParameters()) {
      const [a, b] = [engine.readGradient(name), other.readGradient(name)];
      expect(largest(a)).toBeGreaterThan(1e-3);
      expect(largestDifference(a, b) / largest(a)).toBeLessThan(gradientTolerance);
    }
    expect(Math.abs(other.gradientNorm() / engine.gradientNorm() - 1)).toBeLessThan(gradientTolerance);
    other.dispose();
  });

  it('ten optimiser steps', () => {
    const engine = adaptedEngine(changes, 2, lora);
    const other = onTensorFlow(engine);
    for (let step = 0; step < 10; step++) {
      const batch = randomBatch(engine.config, [2, 7, 4], 20 + step, 0.9);
      const losses: number[] = [];
      const norms = [engine, other].map((one) => {
        one.zeroGradients();
        const { logprobs } = one.forward(batch);
        one.backward({ logprobs: new Float32Array(logprobs.length).fill(-1 / logprobs.length) });
        losses.push(-logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length);
        return one.optimizerStep({ learningRate: 1e-3, weightDecay: 0.1, maxGradientNorm: 0.5 }).gradientNorm;
      });
      expect(Math.abs((losses[1] ?? NaN) - (losses[0] ?? NaN))).toBeLessThan(lossTolerance);
      expect(Math.abs((norms[1] ?? NaN) / (norms[0] ?? NaN) - 1)).toBeLessThan(2e-3);
    }
    for (const { name } of engine.parameters()) {
      const [a, b] = [engine, other].map((one) => one.readMergedParameter(name));
      expect(largestDifference(a ?? [], b ?? [])).toBeLessThan(weightTolerance);
    }
    for (const { name } of engine.trainedParameters()) {
      expect(largestDifference(engine.readParameter(name), other.readParameter(name))).toBeLessThan(weightTolerance);
    }
    const [state, otherState] = [engine.optimizerState(), other.optimizerState()];
    expect(otherState.step).toBe(10);
    expect([...otherState.moments.keys()]).toEqual([...state.moments.keys()]);
    other.dispose();
  });

  it('greedy decoding, sequences joining, leaving and being cut back', () => {
    const engine = adaptedEngine(changes, 3, lora);
    const other = onTensorFlow(engine);
    const { vocabularySize } = engine.config;
    const uniform = uniforms(5);
    const prompt = (length: number): number[] => Array.from({ length }, () => Math.floor(uniform() * vocabularySize));
    const decoders = [engine, other].map((one) => one.openDecoder({ slots: 4 }));
    const greedy = (logits: Float32Array, row: number): number => {
      const own = logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
      return own.indexOf(Math.max(...own));
    };
    const extend = (items: { slot: number; tokens: number[] }[]): number[] => {
      const [ours, theirs] = decoders.map((decoder) => decoder.extend(items)) as [Float32Array, Float32Array];
      expect(largestDifference(ours, theirs)).toBeLessThan(2e-4);
      const chosen = items.map((_, row) => greedy(ours, row));
      expect(items.map((_, row) => greedy(theirs, row))).toEqual(chosen);
      return chosen;
    };
    let [first = 0, second = 0] = extend([
      { slot: 0, tokens: prompt(5) },
      { slot: 2, tokens: prompt(9) },
    ]);
    for (let step = 0; step < 4; step++) {
      [first = 0, second = 0] = extend([
        { slot: 0, tokens: [first] },
        { slot: 2, tokens: [second] },
      ]);
    }
    // A third joins with a prompt while the others go on; then the order changes, and one is left out.
    let third = 0;
    [second = 0, third = 0, first = 0] = extend([
      { slot: 2, tokens: [second] },
      { slot: 1, tokens: prompt(7) },
      { slot: 0, tokens: [first] },
    ]);
    extend([
      { slot: 1, tokens: [third] },
      { slot: 2, tokens: [second, ...prompt(3)] },
    ]);
    for (const decoder of decoders) {
      decoder.truncate(2, 6);
      decoder.truncate(0, 0);
    }
    extend([
      { slot: 2, tokens: prompt(2) },
      { slot: 0, tokens: prompt(1) },
      { slot: 1, tokens: prompt(4) },
    ]);
    expect(decoders.map((decoder) => [0, 1, 2, 3].map((slot) => decoder.length(slot)))).toEqual(
      Array(2).fill([1, 12, 8, 0]),
    );
    // A fourth starts from some of what another has read, and both go on.
    for (const decoder of decoders) decoder.copyPrefix(2, 3, 5);
    extend([
      { slot: 3, tokens: prompt(2) },
      { slot: 2, tokens: prompt(1) },
    ]);
    for (const decoder of decoders) decoder.close();
    other.dispose();
  });
});

it('padding changes nothing: a sequence alone and among longer ones', () => {
  const engine = smallEngine(small);
  const other = onTensorFlow(engine);
  const batch = randomBatch(engine.config, [4, 20, 4, 11], 9, 1);
  const together = other.score(batch).logprobs;
  let next = 0;
  for (let sequence = 0; sequence < 4; sequence++) {
    const [start, end] = [batch.offsets[sequence] ?? 0, batch.offsets[sequence + 1] ?? 0];
    const count = end - start - 1;
    const alone = other.score({
      tokens: batch.tokens.slice(start, end),
      offsets: Int32Array.of(0, end - start),
      scored: Int32Array.from({ length: count }, (_, i) => i + 1),
    }).logprobs;
    expect(largestDifference(alone, together.subarray(next, next + count))).toBeLessThan(1e-5);
    next += count;
  }
  other.dispose();
});

it('the same seed gives the same weights', () => {
  const engine = smallEngine({ queryKeyNorm: true });
  const other = new TfjsEngine(tf, engine.config, 1, { taps: 0.3 });
  for (const { name, shape } of engine.parameters().filter(({ name }) => !/[qk]_norm/u.test(name))) {
    expect(other.readParameter(name)).toEqual(engine.readParameter(name));
    expect(other.parameters().find((parameter) => parameter.name === name)?.shape).toEqual(shape);
  }
  other.dispose();
});

it('says what is wrong as the embedded engine does', () => {
  const engine = smallEngine();
  const other = onTensorFlow(engine);
  const batch = randomBatch(engine.config, [5, 6], 3, 1);
  const wrongs: ((one: Engine) => unknown)[] = [
    (one) => one.readParameter('nonsense'),
    (one) => one.readGradient('nonsense'),
    (one) => one.forward({ ...batch, tokens: batch.tokens.map(() => 99) }),
    (one) => one.forward(batch, { temperature: 0 }),
    (one) => one.backward({ logprobs: new Float32Array(3) }),
    (one) => {
      one.forward(batch);
      one.backward({ logprobs: new Float32Array(3) });
    },
    (one) => {
      one.forward(batch);
      one.writeParameter('model.norm.weight', one.readParameter('model.norm.weight'));
      one.backward({ logprobs: new Float32Array(batch.scored.length) });
    },
    (one) => one.optimizerStep({ learningRate: -1 }),
    (one) => one.restoreOptimizer({ step: 1, moments: new Map() }),
    (one) => one.openDecoder({ slots: 0 }),
    (one) => one.openDecoder({ slots: 1 }).extend([{ slot: 0, tokens: [] }]),
    (one) => one.openDecoder({ slots: 1 }).extend([{ slot: 1, tokens: [1] }]),
    (one) => one.openDecoder({ slots: 1 }).truncate(0, 3),
    (one) => one.openDecoder({ slots: 2 }).copyPrefix(0, 1, 1),
    (one) => one.writeGradient('nonsense', new Float32Array(1)),
    (one) => one.writeGradient('model.norm.weight', new Float32Array(1)),
  ];
  const messageOf = (one: Engine, wrong: (one: Engine) => unknown): string => {
    try {
      wrong(one);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing was thrown';
  };
  for (const wrong of wrongs) {
    const message = messageOf(engine, wrong);
    expect(message).not.toBe('nothing was thrown');
    expect(messageOf(other, wrong)).toBe(message);
  }
  // A gradient that is not finite moves nothing.
  other.forward(batch);
  other.backward({ logprobs: new Float32Array(batch.scored.length).fill(NaN) });
  const weights = other.readParameter('model.norm.weight');
  expect(other.optimizerStep({ learningRate: 0.1 }).applied).toBe(false);
  expect(other.readParameter('model.norm.weight')).toEqual(weights);
  const decoder = other.openDecoder({ slots: 1 });
  decoder.extend([{ slot: 0, tokens: [1] }]);
  other.zeroGradients();
  expect(other.optimizerStep({ learningRate: 0.1 }).applied).toBe(true);
  expect(() => decoder.extend([{ slot: 0, tokens: [1] }])).toThrow('weights that have changed since');
  decoder.close();
  other.dispose();
});
