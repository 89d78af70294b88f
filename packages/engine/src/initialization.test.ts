import { describe, expect, test } from '@jest/globals';
import { initialValues, type Initialization } from './initialization.js';
import { normalStream } from './random-normal.js';

const moments = (values: ArrayLike<number>): { mean: number; deviation: number } => {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, deviation: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) };
};

describe('normal numbers', () => {
  test('are those they have always been, whatever computes them', () => {
    // Written a second time, in Python.
    const expected = [-0.8075545051375229, -1.2736974873650715, 2.3637794408476935, 1.8724231647830674];
    const normal = normalStream(1, 'model.norm.weight');
    for (const value of expected) expect(normal()).toBeCloseTo(value, 12);
  });

  test('have mean 0, variance 1 and the tails of a normal distribution, and follow no number before', () => {
    for (const seed of [1, 2, 3]) {
      const normal = normalStream(seed, 'x');
      const values = Array.from({ length: 20_000 }, normal);
      const { mean, deviation } = moments(values);
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.03);
      const within = (most: number): number => values.filter((value) => Math.abs(value) < most).length / values.length;
      expect(within(1)).toBeCloseTo(0.6827, 1);
      expect(within(2)).toBeCloseTo(0.9545, 1);
      expect(new Set(values).size).toBe(values.length);
      for (const lag of [1, 2]) {
        const product = values.slice(lag).reduce((sum, value, i) => sum + value * (values[i] ?? NaN), 0);
        expect(Math.abs(product / values.length)).toBeLessThan(0.03);
      }
    }
  });

  test('depend on the seed and the name', () => {
    const first = (seed: number, name: string): number => normalStream(seed, name)();
    const all = [first(1, 'a'), first(2, 'a'), first(1, 'b'), first(1, 'ab'), first(1, '')];
    expect(new Set(all).size).toBe(all.length);
    expect(first(1, 'a')).toBe(all[0]);
  });
});

describe('initial values', () => {
  const values = (name: string, shape: number[], options?: Initialization): Float32Array =>
    initialValues({ name, shape }, 3, 7, options);
  const deviation = (...given: Parameters<typeof values>): number => moments(values(...given)).deviation;

  test('of norms are 1, of biases and of the second half of an adapter 0', () => {
    for (const name of ['model.norm.weight', 'model.layers.0.input_layernorm.weight', 'a.self_attn.q_norm.weight']) {
      expect(values(name, [5])).toEqual(new Float32Array(5).fill(1));
    }
    expect(values('a.q_proj.bias', [5])).toEqual(new Float32Array(5));
    expect(values('a.q_proj.lora_B.weight', [5, 2])).toEqual(new Float32Array(10));
  });

  test('have the deviation that is asked for', () => {
    const shape = [100, 64];
    for (const name of ['model.embed_tokens.weight', 'lm_head.weight']) {
      expect(deviation(name, shape) / 0.3).toBeCloseTo(1, 1);
      expect(deviation(name, shape, { embedding: 2 }) / 2).toBeCloseTo(1, 1);
    }
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'gate_proj', 'up_proj']) {
      expect(deviation(`a.${name}.weight`, shape) * Math.sqrt(64)).toBeCloseTo(1, 1);
      expect(deviation(`a.${name}.weight`, shape, { projection: 3 }) * Math.sqrt(64)).toBeCloseTo(3, 0);
    }
    // Into the residual stream, over sqrt(2 layers) further.
    for (const name of ['o_proj', 'down_proj']) {
      expect(deviation(`a.${name}.weight`, shape) * Math.sqrt(64 * 6)).toBeCloseTo(1, 1);
    }
    expect(deviation('a.q_proj.lora_A.weight', shape) * Math.sqrt(3 * 64)).toBeCloseTo(1, 1);
  });

  test('of taps pass the token on as it is and the tokens before it hardly', () => {
    const taps = values('model.shift_taps.weight', [4, 200]);
    expect(taps.subarray(0, 200)).toEqual(new Float32Array(200).fill(1));
    expect(moments(taps.subarray(200)).deviation / 0.02).toBeCloseTo(1, 1);
    expect(Math.abs(moments(taps.subarray(200)).mean)).toBeLessThan(0.005);
    const wide = values('model.shift_taps.weight', [4, 200], { taps: 1 });
    expect(moments(wide.subarray(200)).deviation).toBeCloseTo(1, 1);
  });
});
