import { describe, expect, test } from '@jest/globals';
import { referenceScores } from './testing/reference-transformer.js';
import { referenceLoss } from './testing/slope.js';
import { doubles, modelKinds, randomLoss } from './testing/model-kinds.js';
import { randomBatch, smallEngine, uniforms } from './testing/small-models.js';

/** Of the largest gradient in the tensor; the reference's own error is below 1e-7 of it. */
const GRADIENT_TOLERANCE = 2e-4;
const STEP = 1e-5;

const lengths = [2, 3, 8, 21];

describe.each([
  ...modelKinds.map(([name, ...model]) => [name, ...model, 'off'] as const),
  // What the modules compute differently is in all models.
  ...[modelKinds[0], modelKinds[1]].map(([name, ...model]) => [`${name}, relaxed SIMD`, ...model, 'on'] as const),
])('%s', (_, changes, temperature, relaxedSimd) => {
  const engine = smallEngine(changes, 1, relaxedSimd);
  const batch = randomBatch(engine.config, lengths, 7);
  const loss = randomLoss(batch, 8);
  const weights = doubles(engine);
  const derivative = (name: string, direction: Float64Array): number => {
    const original = weights.get(name) ?? new Float64Array();
    const at = (step: number): number => {
      const moved = original.map((w, i) => w + step * (direction[i] ?? 0));
      return referenceLoss(engine, new Map(weights).set(name, moved), batch, loss, temperature);
    };
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  };

  test.each(engine.parameters().map(({ name }) => name))('the gradient of %s equals central differences', (name) => {
    engine.zeroGradients();
    engine.forward(batch, { temperature });
    engine.backward(loss);
    const gradient = engine.readGradient(name);
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    expect(largest).toBeGreaterThan(1e-3);

    const uniform = uniforms(name.length);
    const peak = gradient.findIndex((g) => Math.abs(g) === largest);
    const entries = [
      0,
      gradient.length - 1,
      peak,
      ...Array.from({ length: 2 }, () => Math.floor(uniform() * gradient.length)),
    ];
    for (const entry of entries) {
      const expected = derivative(
        name,
        Float64Array.from(gradient, (_g, i) => (i === entry ? 1 : 0)),
      );
      expect(Math.abs((gradient[entry] ?? NaN) - expected)).toBeLessThan(GRADIENT_TOLERANCE * largest);
    }
    // Every entry at once, along a random direction of length 1.
    const signs = Float64Array.from(gradient, () => (uniform() < 0.5 ? -1 : 1) / Math.sqrt(gradient.length));
    const along = gradient.reduce((sum, g, i) => sum + g * (signs[i] ?? NaN), 0);
    expect(Math.abs(along - derivative(name, signs))).toBeLessThan(GRADIENT_TOLERANCE * largest);
  });
});

test('gradients of two backward passes add up', () => {
  const engine = smallEngine();
  const batch = randomBatch(engine.config, lengths, 3);
  const loss = randomLoss(batch, 4);
  const name = 'model.layers.0.mlp.gate_proj.weight';
  engine.forward(batch);
  engine.backward(loss);
  const once = engine.readGradient(name);
  engine.forward(batch);
  engine.backward(loss);
  const twice = engine.readGradient(name);
  const largest = once.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  twice.forEach((g, i) => expect(Math.abs(g - 2 * (once[i] ?? NaN))).toBeLessThan(1e-5 * largest));
  engine.zeroGradients();
  expect(engine.readGradient(name).every((g) => g === 0)).toBe(true);
  expect(engine.gradientNorm()).toBe(0);
});

test('a gradient that was summed elsewhere takes the place of the one computed here', () => {
  const engine = smallEngine();
  const batch = randomBatch(engine.config, lengths, 3);
  engine.forward(batch);
  engine.backward(randomLoss(batch, 4));
  const name = 'model.layers.0.mlp.gate_proj.weight';
  const gradient = engine.readGradient(name);
  const norm = engine.gradientNorm();
  engine.writeGradient(
    name,
    gradient.map((g) => 3 * g),
  );
  expect(engine.readGradient(name)).toEqual(gradient.map((g) => 3 * g));
  expect(engine.gradientNorm()).toBeGreaterThan(norm);
  expect(() => engine.writeGradient(name, new Float32Array(2))).toThrow(`'${name}' holds`);
});

test('sequences longer than a chunk of rows have the gradients of the reference', () => {
  const engine = smallEngine({ contextLength: 320, hiddenSize: 16, headCount: 2, keyValueHeadCount: 2, layerCount: 1 });
  const batch = randomBatch(engine.config, [300, 5, 270], 5, 0.1);
  engine.forward(batch);
  engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(1) });
  const name = 'model.layers.0.self_attn.k_proj.weight';
  const gradient = engine.readGradient(name);
  const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const entry = gradient.findIndex((g) => Math.abs(g) === largest);
  const weights = doubles(engine);
  const at = (step: number): number => {
    const moved = weights.get(name)?.map((w, i) => (i === entry ? w + step : w)) ?? new Float64Array();
    return referenceScores(engine.config, new Map(weights).set(name, moved), batch, 1).logprobs.reduce((a, b) => a + b);
  };
  const expected = (at(STEP) - at(-STEP)) / (2 * STEP);
  expect(Math.abs((gradient[entry] ?? NaN) / expected - 1)).toBeLessThan(1e-4);
});
