import { describe, expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import { loraTargets, type LoraConfig } from './lora.js';
import { estimateMemory } from './memory-estimate.js';
import { randomBatch, smallConfig } from './testing/small-models.js';
import { transformerConfig } from './transformer-config.js';

/** Share of the real use by which a prediction may be above it: unused ends of chunks and blocks. Below it, never. */
const tolerance = 0.03;

const lora: LoraConfig = { rank: 8, alpha: 16, targets: loraTargets };
const models = [
  ['small, shared keys, taps', smallConfig({ vocabularySize: 300, contextLength: 256 })],
  ['d64, two layers', transformerConfig({ vocabularySize: 600, contextLength: 256 })],
  [
    'as in Qwen3, four layers, a large vocabulary, an output head of its own',
    transformerConfig({
      vocabularySize: 1501,
      layerCount: 4,
      headSize: 24,
      keyValueHeadCount: 2,
      contextLength: 400,
      shiftTaps: 0,
      queryKeyNorm: true,
      tiedEmbedding: false,
    }),
  ],
] as const;

describe.each(models)('what is predicted is what is used: %s', (_, config) => {
  test.each([
    ['training', {}],
    ['recomputing', { recompute: true }],
    ['adapters', { lora }],
    ['adapters, recomputing', { lora, recompute: true }],
    ['neither', { trainable: false }],
  ])('%s', (_name, options) => {
    const engine = createEngine({ config, seed: 1, ...options });
    const empty = engine.peakMemoryBytes ?? NaN;
    const close = (real: number, predicted: number): void => {
      expect(predicted).toBeGreaterThan(real - 16_384);
      expect(predicted).toBeLessThan(real * (1 + tolerance) + 16_384);
    };
    close(empty, estimateMemory(config, options).bytes);
    const slots = 12;
    engine.openDecoder({ slots }).extend([{ slot: 0, tokens: [1, 2, 3] }]);
    const sequenceTokens = 128;
    const batch = randomBatch(config, Array<number>(4).fill(sequenceTokens), 1, 1);
    if ('trainable' in options) engine.score(batch);
    else {
      engine.forward(batch);
      engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(0.1) });
    }
    const workload = { slots, batchTokens: batch.tokens.length, scoredTokens: batch.scored.length, sequenceTokens };
    close(engine.peakMemoryBytes ?? NaN, estimateMemory(config, options, workload).bytes);
  });
});

test.each([{ optimizer: false }, { lora, optimizer: false }, { lora, trainable: false }])(
  'an engine made with %j takes what is predicted',
  (options) => {
    const [, [, config]] = models;
    const real = createEngine({ config, seed: 1, ...options }).peakMemoryBytes ?? NaN;
    expect(Math.abs(estimateMemory(config, options).bytes - real)).toBeLessThan(16_384);
  },
);

test('a model that does not fit is refused before anything is allocated, with what would fit', () => {
  const config = transformerConfig({
    vocabularySize: 150_000,
    hiddenSize: 896,
    headCount: 14,
    layerCount: 24,
    shiftTaps: 0,
  });
  const before = process.memoryUsage().external;
  expect(() => createEngine({ config, seed: 1 })).toThrow(
    /^the model needs \d+ MB \(weights \d+, packed weights \d+, gradients \d+, moments \d+\), but the engine's memory limit is 2048 MB; with lora \(rank 8\) it would need \d+ MB, with trainable: false \d+ MB$/,
  );
  expect(process.memoryUsage().external - before).toBeLessThan(50 * 2 ** 20);
});
