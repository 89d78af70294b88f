import { describe, expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import type { Engine } from './engine.js';
import { loraTargets } from './lora.js';
import { randomBatch, smallEngine, uniforms } from './testing/small-models.js';
import type { TransformerConfigInput } from './transformer-config.js';

/** The same weights in an engine that recomputes. */
function recomputing(engine: Engine): Engine {
  const other = createEngine({ config: engine.config, seed: 99, lora: engine.lora, recompute: true });
  for (const { name } of [...engine.parameters(), ...engine.trainedParameters()]) {
    other.writeParameter(name, engine.readParameter(name));
  }
  return other;
}

/** Lengths of which some make a chunk of several sequences and some a chunk of their own. */
const lengths = [5, 64, 60, 2, 61, 64, 64, 9, 33, 64, 50, 17];

function gradients(engine: Engine, fraction: number): [string, Float32Array][] {
  engine.zeroGradients();
  for (const seed of [3, 4]) {
    const batch = randomBatch(engine.config, lengths, seed, fraction);
    const uniform = uniforms(seed);
    const draw = (): Float32Array => Float32Array.from(batch.scored, () => uniform() - 0.5);
    engine.forward(batch, { temperature: 0.8 });
    engine.backward({ logprobs: draw(), entropies: draw() });
  }
  return engine.trainedParameters().map(({ name }) => [name, engine.readGradient(name)]);
}

describe.each<[string, Partial<TransformerConfigInput>]>([
  ['plain', {}],
  ['one layer, one key per head', { layerCount: 1, keyValueHeadCount: 4 }],
  ['four layers, normed heads, an output head of its own', { layerCount: 4, queryKeyNorm: true, tiedEmbedding: false }],
  ['no taps, all biases', { shiftTaps: 0, queryKeyValueBias: true, attentionOutBias: true, feedForwardBias: true }],
])('recomputed gradients are those of kept activations, to the bit: %s', (_, changes) => {
  test.each([
    ['half of the tokens scored', 0.5],
    ['all tokens scored', 1],
    ['hardly any', 0.02],
  ])('%s', (_name, fraction) => {
    const engine = smallEngine(changes);
    const other = recomputing(engine);
    const expected = gradients(engine, fraction);
    expect(expected.some(([, values]) => values.some((value) => value !== 0))).toBe(true);
    expect(gradients(other, fraction)).toEqual(expected);
    const batch = randomBatch(engine.config, lengths, 7);
    expect(other.score(batch)).toEqual(engine.score(batch));
    expect(other.forward(batch)).toEqual(engine.forward(batch));
  });
});

test('adapters too', () => {
  const lora = { rank: 3, alpha: 6, targets: loraTargets };
  const engine = createEngine({ config: smallEngine().config, seed: 1, lora });
  for (const { name } of engine.trainedParameters()) {
    const uniform = uniforms(name.length);
    engine.writeParameter(
      name,
      engine.readParameter(name).map(() => uniform() - 0.5),
    );
  }
  const expected = gradients(engine, 0.5);
  expect(expected.every(([, values]) => values.some((value) => value !== 0))).toBe(true);
  expect(gradients(recomputing(engine), 0.5)).toEqual(expected);
});

test('memory grows with the tokens by a hidden state a layer, not by all of its activations', () => {
  const { config } = smallEngine({ layerCount: 8, vocabularySize: 1000 });
  const batch = randomBatch(config, Array<number>(64).fill(64), 1);
  const [kept, recomputed] = [false, true].map((recompute) => {
    const engine = createEngine({ config, seed: 1, recompute });
    const before = engine.peakMemoryBytes ?? NaN;
    engine.forward(batch);
    engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(1) });
    return (engine.peakMemoryBytes ?? NaN) - before;
  }) as [number, number];
  expect(recomputed).toBeLessThan(kept / 6);
});
