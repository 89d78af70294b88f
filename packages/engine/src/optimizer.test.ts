import { describe, expect, test } from '@jest/globals';
import type { Engine, OptimizerStepOptions } from './engine.js';
import { randomBatch, smallEngine } from './testing/small-models.js';

/** AdamW with clipping, in double precision, over the gradients the engine computed. */
class ReferenceAdamW {
  private step = 0;
  private readonly first = new Map<string, Float64Array>();
  private readonly second = new Map<string, Float64Array>();
  readonly weights: Map<string, Float64Array>;

  constructor(engine: Engine) {
    this.weights = new Map(
      engine.parameters().map(({ name }) => [name, Float64Array.from(engine.readParameter(name))]),
    );
  }

  apply(
    engine: Engine,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
    limit: number,
  ): number {
    const gradients = new Map([...this.weights.keys()].map((name) => [name, engine.readGradient(name)]));
    const norm = Math.sqrt([...gradients.values()].reduce((sum, g) => sum + g.reduce((s, x) => s + x * x, 0), 0));
    const scale = Math.min(1, limit / norm);
    this.step++;
    for (const [name, weights] of this.weights) {
      const gradient = gradients.get(name) ?? new Float32Array();
      const m = this.first.get(name) ?? new Float64Array(weights.length);
      const v = this.second.get(name) ?? new Float64Array(weights.length);
      const decayed = /norm|taps/.test(name) ? 0 : decay;
      for (let i = 0; i < weights.length; i++) {
        const g = (gradient[i] ?? NaN) * scale;
        m[i] = beta1 * (m[i] ?? NaN) + (1 - beta1) * g;
        v[i] = beta2 * (v[i] ?? NaN) + (1 - beta2) * g * g;
        const mHat = (m[i] ?? NaN) / (1 - beta1 ** this.step);
        const vHat = (v[i] ?? NaN) / (1 - beta2 ** this.step);
        weights[i] = (weights[i] ?? NaN) - rate * (mHat / (Math.sqrt(vHat) + epsilon) + decayed * (weights[i] ?? NaN));
      }
      this.first.set(name, m);
      this.second.set(name, v);
    }
    return norm;
  }
}

function accumulate(engine: Engine, seed: number): void {
  const batch = randomBatch(engine.config, [12, 25, 4], seed);
  engine.zeroGradients();
  engine.forward(batch);
  engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-1) });
}

test.each<[string, Partial<OptimizerStepOptions>]>([
  ['clipped, with decay', { weightDecay: 0.1, maxGradientNorm: 0.5, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 }],
  ['with the defaults', {}],
  ['never clipped', { maxGradientNorm: null }],
])('ten steps of AdamW equal the double-precision reference: %s', (_, options) => {
  const { weightDecay = 0, maxGradientNorm = 1, beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8 } = options;
  const engine = smallEngine();
  const reference = new ReferenceAdamW(engine);
  for (let step = 0; step < 10; step++) {
    accumulate(engine, step);
    const norm = reference.apply(engine, 0.01, beta1, beta2, epsilon, weightDecay, maxGradientNorm ?? Infinity);
    const result = engine.optimizerStep({ learningRate: 0.01, ...options });
    expect(result.applied).toBe(true);
    expect(Math.abs(result.gradientNorm / norm - 1)).toBeLessThan(1e-12);
  }
  // Ten steps of 0.01 moved the weights by up to 0.1; float32 rounding may be off by a few millionths.
  for (const [name, expected] of reference.weights) {
    const errors = engine.readParameter(name).map((w, i) => Math.abs(w - (expected[i] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThan(4e-6);
  }
});

describe('a gradient that is not finite', () => {
  test.each([NaN, Infinity])('%p leaves weights, moments and step as they were', (bad) => {
    const engine = smallEngine();
    accumulate(engine, 1);
    engine.optimizerStep({ learningRate: 0.01 });
    const before = snapshot(engine);
    const batch = randomBatch(engine.config, [12, 25, 4], 2);
    engine.zeroGradients();
    engine.forward(batch);
    engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(bad) });
    const { applied, gradientNorm } = engine.optimizerStep({ learningRate: 0.01 });
    expect(applied).toBe(false);
    expect(Number.isFinite(gradientNorm)).toBe(false);
    expect(snapshot(engine)).toEqual(before);
  });
});

test('a restored optimizer continues to the bit', () => {
  const [a, b] = [smallEngine(), smallEngine()];
  for (let step = 0; step < 3; step++) {
    accumulate(a, step);
    a.optimizerStep({ learningRate: 0.01 });
  }
  for (const { name } of a.parameters()) b.writeParameter(name, a.readParameter(name));
  b.restoreOptimizer(a.optimizerState());
  for (const engine of [a, b]) {
    accumulate(engine, 9);
    engine.optimizerStep({ learningRate: 0.01 });
  }
  expect(snapshot(b)).toEqual(snapshot(a));
});

test('options and states that make no sense are refused', () => {
  const engine = smallEngine();
  expect(() => engine.optimizerStep({ learningRate: NaN })).toThrow('learningRate must be at least 0');
  expect(() => engine.optimizerStep({ learningRate: 1, beta1: 1 })).toThrow(
    'beta1 must be at least 0 and below 1, got 1',
  );
  expect(() => engine.optimizerStep({ learningRate: 1, maxGradientNorm: 0 })).toThrow('maxGradientNorm');
  const state = engine.optimizerState();
  const without = new Map(state.moments);
  without.delete('exp_avg.model.norm.weight');
  expect(() => engine.restoreOptimizer({ step: 1, moments: without })).toThrow("lacks 'exp_avg.model.norm.weight'");
  const short = new Map(state.moments).set('exp_avg.model.norm.weight', new Float32Array(3));
  expect(() => engine.restoreOptimizer({ step: 1, moments: short })).toThrow('holds 32 values, got 3');
  const foreign = new Map(state.moments).set('exp_avg.lm_head.weight', new Float32Array(3));
  expect(() => engine.restoreOptimizer({ step: 1, moments: foreign })).toThrow("has 'exp_avg.lm_head.weight'");
  expect(() => engine.restoreOptimizer({ ...state, step: -1 })).toThrow('step must be a whole number');
});

function snapshot(engine: Engine): unknown {
  const { step, moments } = engine.optimizerState();
  return { step, moments, weights: engine.parameters().map(({ name }) => engine.readParameter(name)) };
}
