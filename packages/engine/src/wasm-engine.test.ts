import { describe, expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import type { Engine, PackedBatch } from './engine.js';
import type { LoraConfig } from './lora.js';
import { randomBatch, smallConfig, smallEngine } from './testing/small-models.js';
import { transformerConfig, type TransformerConfig } from './transformer-config.js';

const engine = smallEngine();
const batch = randomBatch(engine.config, [5, 9], 1);
const packed = (tokens: number[], offsets: number[], scored: number[]) => ({
  tokens: Int32Array.from(tokens),
  offsets: Int32Array.from(offsets),
  scored: Int32Array.from(scored),
});

describe('a malformed batch is refused before anything is computed', () => {
  test.each([
    [
      'a token beyond the vocabulary',
      packed([1, 29], [0, 2], [1]),
      'token 29 at position 1 is outside the vocabulary of 29',
    ],
    ['a negative token', packed([-1, 2], [0, 2], [1]), 'token -1 at position 0'],
    ['offsets that do not start at 0', packed([1, 2], [1, 2], []), 'offsets must start at 0 and end at'],
    ['offsets that end early', packed([1, 2, 3], [0, 2], []), 'end at the number of tokens, 3; got [0, 2]'],
    ['no offsets', packed([], [], []), 'offsets must start at 0'],
    ['an empty sequence', packed([1, 2], [0, 1, 1, 2], []), 'offsets must be strictly ascending, got 1, 1'],
    [
      'a sequence that is too long',
      packed(Array<number>(65).fill(1), [0, 65], []),
      '65 tokens, more than contextLength 64',
    ],
    ['a scored first token', packed([1, 2, 3], [0, 1, 3], [1]), 'scored position 1 is the first of sequence 1'],
    [
      'scored positions out of order',
      packed([1, 2, 3], [0, 3], [2, 1]),
      'strictly ascending and below 3, got 1 at index 1',
    ],
    ['a scored position beyond the end', packed([1, 2, 3], [0, 3], [3]), 'got 3 at index 0'],
  ])('%s', (_, malformed, message) => {
    expect(() => engine.forward(malformed)).toThrow(message);
    expect(() => engine.score(malformed)).toThrow(message);
  });

  test.each([0, -1, NaN, Infinity])('temperature %p', (temperature) => {
    expect(() => engine.score(batch, { temperature })).toThrow('temperature must be a positive number');
  });
});

test('empty batches and batches without scored positions are fine', () => {
  for (const nothing of [packed([], [0], []), packed([1, 2, 3], [0, 3], [])]) {
    expect(engine.forward(nothing).logprobs).toHaveLength(0);
    engine.zeroGradients();
    engine.backward({ logprobs: new Float32Array(0) });
    expect(engine.gradientNorm()).toBe(0);
  }
});

test('a forward serves one backward, with the weights it saw', () => {
  const gradient = { logprobs: new Float32Array(batch.scored.length).fill(1) };
  const fresh = smallEngine();
  expect(() => fresh.backward(gradient)).toThrow('backward needs a forward before it');
  fresh.forward(batch);
  expect(() => fresh.backward({ logprobs: new Float32Array(1) })).toThrow('gradient.logprobs has 1 values for');
  expect(() => fresh.backward({ ...gradient, entropies: new Float32Array(2) })).toThrow(
    'gradient.entropies has 2 values',
  );
  fresh.backward(gradient);
  expect(() => fresh.backward(gradient)).toThrow('backward needs a forward before it');
  fresh.forward(batch);
  fresh.optimizerStep({ learningRate: 0.1 });
  expect(() => fresh.backward(gradient)).toThrow('the weights changed between forward and backward');
});

test('a caller may reuse its arrays between forward and backward', () => {
  const [a, b] = [smallEngine(), smallEngine()];
  const gradient = { logprobs: new Float32Array(batch.scored.length).fill(1) };
  const reused = { tokens: batch.tokens.slice(), offsets: batch.offsets.slice(), scored: batch.scored.slice() };
  a.forward(batch);
  b.forward(reused);
  for (const array of Object.values(reused)) array.fill(0);
  for (const one of [a, b]) one.backward(gradient);
  const name = 'model.embed_tokens.weight';
  expect(b.readGradient(name)).toEqual(a.readGradient(name));
});

test('a batch beyond the memory limit is refused, and a smaller one still works', () => {
  const config = smallConfig({ contextLength: 512 });
  const small = createEngine({ config, seed: 1, memoryLimitBytes: 8 * 2 ** 20 });
  const large = randomBatch(config, Array<number>(20).fill(500), 1, 1);
  expect(() => small.forward(large)).toThrow(
    /^a batch of 10000 tokens, 9980 of them scored, needs [\d.]+ MB, but the engine's memory limit of 8.0 MB leaves/,
  );
  expect(small.score(large).logprobs).toHaveLength(9980);
  expect(small.forward(randomBatch(config, [100], 1)).logprobs.every(Number.isFinite)).toBe(true);
  expect(() => small.openDecoder({ slots: 100 })).toThrow('a decoder of 100 slots needs');
});

test('a larger batch than before takes new memory, and nothing of what others hold', () => {
  const engine = smallEngine({ contextLength: 300 });
  const tokens = Array.from({ length: 40 }, (_, i) => (i * 7) % 29);
  const [small, large] = [[4], [300, 300, 200]].map((lengths) => randomBatch(engine.config, lengths, 2)) as [
    PackedBatch,
    PackedBatch,
  ];
  engine.forward(small);
  const decoder = engine.openDecoder({ slots: 2 });
  decoder.extend([{ slot: 0, tokens }]);
  const scores = engine.forward(large);
  engine.backward({ logprobs: new Float32Array(large.scored.length).fill(1) });
  expect(engine.score(large)).toEqual(scores);
  const next = decoder.extend([{ slot: 0, tokens: [5] }]);
  expect(next).toEqual(decoder.extend([{ slot: 1, tokens: [...tokens, 5] }]));
  const peak = engine.peakMemoryBytes;
  for (const batch of [large, small, large]) engine.forward(batch);
  expect(engine.peakMemoryBytes).toBe(peak);
});

test('an engine that another steps for has its gradients to the bit, less memory, and no optimizer', () => {
  const config = smallConfig();
  const lora: LoraConfig = { rank: 2, alpha: 4, targets: ['q_proj', 'up_proj'] };
  for (const adapters of [null, lora]) {
    const engines = [true, false].map((optimizer) => createEngine({ config, seed: 1, lora: adapters, optimizer }));
    const [whole, other] = engines as [Engine, Engine];
    const batch = randomBatch(config, [7, 12], 1);
    for (const engine of engines) {
      for (const { name } of engine.trainedParameters()) {
        if (name.includes('lora_B')) engine.writeParameter(name, engine.readParameter(name).fill(0.1));
      }
      engine.forward(batch);
      engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(0.1) });
    }
    for (const { name } of whole.trainedParameters())
      expect(other.readGradient(name)).toEqual(whole.readGradient(name));
    expect(other.gradientNorm()).toBe(whole.gradientNorm());
    expect(other.gradientNorm()).toBeGreaterThan(0);
    const moments = [...whole.optimizerState().moments.values()].reduce((sum, { length }) => sum + 4 * length, 0);
    expect((whole.peakMemoryBytes ?? NaN) - (other.peakMemoryBytes ?? NaN)).toBeGreaterThanOrEqual(moments);
    const refused = 'an engine that was made with optimizer: false cannot be stepped';
    expect(() => other.optimizerStep({ learningRate: 1 })).toThrow(refused);
    expect(() => other.optimizerState()).toThrow(refused);
    expect(() => other.restoreOptimizer(whole.optimizerState())).toThrow(refused);
  }
});

test('parameters have Hugging Face names, and copies go in and out', () => {
  expect(engine.parameters()).toContainEqual({ name: 'model.layers.1.self_attn.k_proj.weight', shape: [16, 32] });
  expect(engine.parameters()).toContainEqual({ name: 'model.layers.0.mlp.down_proj.weight', shape: [32, 44] });
  expect(engine.parameters()).toContainEqual({ name: 'model.shift_taps.weight', shape: [4, 32] });
  const fresh = smallEngine();
  for (const { name, shape } of fresh.parameters()) {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i + 0.5);
    fresh.writeParameter(name, values);
    expect(fresh.readParameter(name)).toEqual(values);
    const into = new Float32Array(values.length);
    expect(fresh.readParameter(name, into)).toBe(into);
    expect(into).toEqual(values);
    fresh.writeGradient(name, values);
    expect(fresh.readGradient(name, new Float32Array(values.length))).toEqual(values);
  }
  expect(() => fresh.readGradient('model.norm.weight', new Float32Array(3))).toThrow('holds 32 values (32), got 3');
  expect(() => fresh.readParameter('lm_head.weight')).toThrow("unknown parameter 'lm_head.weight'");
  expect(() => fresh.writeParameter('model.norm.weight', new Float32Array(3))).toThrow('holds 32 values (32), got 3');
});

test.each([
  [{ hiddenSize: 60 }, 'config.hiddenSize must be a multiple of 8, got 60'],
  [{ headSize: 12 }, 'config.headSize (hiddenSize / headCount unless given) must be a multiple of 8'],
  [{ ropeScaling: { kind: 'linear', factor: 0.5 } }, 'config.ropeScaling.factor must be a number of at least 1'],
  [{ keyValueHeadCount: 3 }, 'config.keyValueHeadCount must divide headCount 4, got 3'],
  [{ vocabularySize: 1 }, 'config.vocabularySize must be a whole number from 2'],
  [{ shiftTaps: 1.5 }, 'config.shiftTaps must be a whole number'],
  [{ ropeTheta: 0 }, 'config.ropeTheta'],
  [{ rmsNormEpsilon: 2 }, 'config.rmsNormEpsilon'],
] satisfies [Partial<TransformerConfig>, string][])('the configuration %j is refused', (changes, message) => {
  expect(() => createEngine({ config: { ...smallConfig(), ...changes }, seed: 1 })).toThrow(message);
  expect(() => transformerConfig({ ...smallConfig(), ...changes })).toThrow(message);
});

test('impossible memory limits are refused', () => {
  expect(() => createEngine({ config: smallConfig(), seed: 1, memoryLimitBytes: 2 ** 33 })).toThrow('memoryLimitBytes');
});
