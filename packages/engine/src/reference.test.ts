import { describe, expect, test } from '@jest/globals';
import { doubles, modelKinds, randomLoss } from './testing/model-kinds.js';
import { referenceScores } from './testing/reference-transformer.js';
import { slopes } from './testing/slope.js';
import { randomBatch, smallEngine } from './testing/small-models.js';

/** float32 sums of a few hundred terms of order 1. */
const SCORE_TOLERANCE = 2e-5;
const GRADIENT_TOLERANCE = 2e-4;

/**
 * The whole model against plain loops in double precision: its scores, and its gradient along one direction through all
 * parameters at once. `gradients.test.ts` looks at entries of each tensor; this takes a hundredth of its time.
 */
describe.each([
  ...modelKinds.map(([name, ...model]) => [name, ...model, 'off'] as const),
  ...[modelKinds[0], modelKinds[1]].map(([name, ...model]) => [`${name}, relaxed SIMD`, ...model, 'on'] as const),
])('%s', (_, changes, temperature, relaxedSimd) => {
  const made = () => {
    const engine = smallEngine(changes, 1, relaxedSimd);
    return { engine, batch: randomBatch(engine.config, [2, 3, 8, 21], 7), weights: doubles(engine) };
  };

  test('scores equal the double-precision reference', () => {
    const { engine, batch, weights } = made();
    const expected = referenceScores(engine.config, weights, batch, temperature);
    for (const scores of [engine.score(batch, { temperature }), engine.forward(batch, { temperature })]) {
      expect(scores.logprobs.length).toBeGreaterThan(10);
      for (const kind of ['logprobs', 'entropies'] as const) {
        const errors = expected[kind].map((value, i) => Math.abs(value - (scores[kind][i] ?? NaN)));
        expect(Math.max(...errors)).toBeLessThan(SCORE_TOLERANCE);
      }
    }
  });

  test('the gradient of all parameters is the slope of the reference', () => {
    const { engine, batch, weights } = made();
    const loss = randomLoss(batch, 8);
    engine.forward(batch, { temperature });
    engine.backward(loss);
    const {
      engine: slope,
      reference,
      size,
      leastNorm,
    } = slopes(engine, batch, loss, temperature, weights, (moved) => moved);
    expect(leastNorm).toBeGreaterThan(1e-3);
    expect(Math.abs(slope - reference)).toBeLessThan(GRADIENT_TOLERANCE * size);
  });
});
