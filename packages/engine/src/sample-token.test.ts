import { describe, expect, test } from '@jest/globals';
import { sampleToken } from './sample-token.js';
import { uniforms } from './testing/small-models.js';

const logits = Float32Array.of(9, 9, 0.5, 2, -1, 2, 0, 7, 7);
/** Vocabulary of 5 that starts at offset 2. */
const row = [0.5, 2, -1, 2, 0];
const draw = (temperature: number, uniform: number, topP = 1) =>
  sampleToken(logits, 2, 5, { temperature, topP, uniform });

function probabilities(temperature: number): number[] {
  const weights = row.map((logit) => Math.exp(logit / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

test('temperature 0 takes the lowest id among the most probable, with its probability at temperature 1', () => {
  const { token, logprob } = draw(0, 0.99);
  expect(token).toBe(1);
  expect(logprob).toBeCloseTo(Math.log(probabilities(1)[1] ?? NaN), 6);
});

test.each([0.5, 1, 2])('at temperature %p tokens come as often as they are probable', (temperature) => {
  const expected = probabilities(temperature);
  const count = 20_000;
  const seen = [0, 0, 0, 0, 0];
  const uniform = uniforms(4);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const { token, logprob } = draw(temperature, uniform());
    seen[token] = (seen[token] ?? 0) + 1;
    worst = Math.max(worst, Math.abs(logprob - Math.log(expected[token] ?? NaN)));
  }
  expect(worst).toBeLessThan(1e-6);
  // Four standard deviations of a binomial count.
  seen.forEach((times, token) => {
    const p = expected[token] ?? NaN;
    expect(Math.abs(times / count - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
  });
});

test('topP keeps the fewest tokens that reach it and leaves the log-probabilities alone', () => {
  const [a, b, c] = probabilities(1);
  const mass = 2 * (b ?? NaN);
  for (let i = 0; i < 100; i++) expect(draw(1, i / 100, mass - 0.01).token % 2).toBe(1);
  expect(draw(1, 0.999, mass + 0.01)).toEqual({ token: 0, logprob: expect.closeTo(Math.log(a ?? NaN), 5) });
  expect(draw(1, 0, 0.01).token).toBe(1);
  expect(c).toBeLessThan(a ?? NaN);
});

test('topK keeps that many of the most probable, and topP goes on from there', () => {
  const drawn = (options: { topK: number; topP?: number }) =>
    new Set(
      Array.from(
        { length: 200 },
        (_, i) => sampleToken(logits, 2, 5, { temperature: 1, uniform: i / 200, ...options }).token,
      ),
    );
  expect(drawn({ topK: 1 })).toEqual(new Set([1]));
  expect(drawn({ topK: 2 })).toEqual(new Set([1, 3]));
  expect(drawn({ topK: 3 })).toEqual(new Set([0, 1, 3]));
  expect(drawn({ topK: 9 })).toEqual(new Set([0, 1, 2, 3, 4]));
  // Half of the mass of the two that are left is one of them; half of the mass of all is both.
  expect(drawn({ topK: 2, topP: 0.49 })).toEqual(new Set([1]));
  expect(drawn({ topK: 5, topP: 0.49 })).toEqual(new Set([1, 3]));
  const whole = sampleToken(logits, 2, 5, { temperature: 1, uniform: 0 });
  expect(sampleToken(logits, 2, 5, { temperature: 1, uniform: 0, topK: 2 })).toEqual({
    ...whole,
    token: 1,
    logprob: draw(1, 0.3).logprob,
  });
});

test('the extremes of uniform give the first and the last token', () => {
  expect(draw(1, 0).token).toBe(0);
  expect(draw(1, 1 - 2 ** -53).token).toBe(4);
});

test('one logit far above the others is certain, wherever it stands', () => {
  for (let place = 0; place < 19; place++) {
    const peaked = new Float32Array(19);
    peaked[place] = 300;
    for (const temperature of [0, 1]) {
      expect(sampleToken(peaked, 0, 19, { temperature, uniform: 0.5 })).toEqual({ token: place, logprob: 0 });
    }
  }
});

test('a masked token is never drawn', () => {
  const masked = Float32Array.of(-Infinity, 1, -Infinity);
  for (const uniform of [0, 0.5, 1 - 2 ** -53])
    expect(sampleToken(masked, 0, 3, { temperature: 1, uniform }).token).toBe(1);
});

test.each([1, 7, 8, 9, 16, 29])('of %d masked tokens none is drawn, whatever the padding', (size) => {
  const masked = new Float32Array(size).fill(-Infinity);
  for (const options of [
    { temperature: 0 },
    { temperature: 1 },
    { temperature: 0.5, topK: 2 },
    { temperature: 2, topP: 0.9 },
  ]) {
    expect(() => sampleToken(masked, 0, size, { ...options, uniform: 0.5 })).toThrow('every logit is -Infinity');
  }
});

describe('what makes no sense is refused', () => {
  test.each([
    [{ temperature: -1, uniform: 0 }, 'temperature must be 0 or more'],
    [{ temperature: Infinity, uniform: 0 }, 'temperature must be 0 or more'],
    [{ temperature: NaN, uniform: 0 }, 'temperature must be 0 or more'],
    [{ temperature: 1, uniform: 0, topP: 1.1 }, 'topP must be above 0'],
    [{ temperature: 1, uniform: -0.1 }, 'uniform must be at least 0 and below 1'],
    [{ temperature: 1, uniform: 1 }, 'uniform must be at least 0 and below 1'],
    [{ temperature: 1, uniform: 0, topP: 0 }, 'topP must be above 0'],
    [{ temperature: 1, uniform: 0, topK: 0 }, 'topK must be a whole number from 1, got 0'],
    [{ temperature: 1, uniform: 0, topK: 1.5 }, 'topK must be a whole number from 1, got 1.5'],
  ])('%j', (options, message) => expect(() => sampleToken(logits, 0, 9, options)).toThrow(message));

  test.each([
    [-1, 3],
    [0, 0],
    [9, 1],
  ])('a row from %d of %d logits', (offset, size) => {
    expect(() => sampleToken(logits, offset, size, { temperature: 1, uniform: 0 })).toThrow('lie outside the 9 given');
  });

  test.each([NaN, Infinity])('a logit of %p', (bad) => {
    const options = { temperature: 1, uniform: 0.5 };
    expect(() => sampleToken(Float32Array.of(0, bad, 1), 0, 3, options)).toThrow('the logits are not finite');
    expect(() => sampleToken(logits, 5, 5, options)).toThrow('logits [5, 10) lie outside the 9 given');
  });
});
