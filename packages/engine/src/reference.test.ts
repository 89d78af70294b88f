import { describe, expect, test } from '@jest/globals';
import { doubles, modelKinds, randomLoss } from './testing/model-kinds.js';
import { referenceScores, type ReferenceWeights } from './testing/reference-transformer.js';
import { randomBatch, smallEngine, uniforms } from './testing/small-models.js';

/** float32 sums of a few hundred terms of order 1. */
const SCORE_TOLERANCE = 2e-5;
const GRADIENT_TOLERANCE = 2e-4;
const STEP = 1e-5;

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
    const uniform = uniforms(3);
    const directions: ReferenceWeights = new Map();
    let [along, size] = [0, 0];
    for (const { name } of engine.trainedParameters()) {
      const gradient = engine.readGradient(name);
      const norm = Math.hypot(...gradient);
      expect(norm).toBeGreaterThan(1e-3);
      // Of about the same length in each tensor, towards its gradient and aside.
      const aside = (): number => (uniform() < 0.5 ? -1 : 1) / Math.sqrt(gradient.length);
      const direction = Float64Array.from(gradient, (g) => g / norm + aside());
      directions.set(name, direction);
      along += gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? NaN), 0);
      size += norm;
    }
    const lossAt = (step: number): number => {
      const moved = [...weights].map(([name, values]) => {
        const direction = directions.get(name);
        return [name, values.map((value, i) => value + step * (direction?.[i] ?? NaN))] as const;
      });
      const { logprobs, entropies } = referenceScores(engine.config, new Map(moved), batch, temperature);
      return logprobs.reduce(
        (sum, logprob, i) =>
          sum + logprob * (loss.logprobs[i] ?? NaN) + (entropies[i] ?? NaN) * (loss.entropies[i] ?? NaN),
        0,
      );
    };
    const slope = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
    expect(Math.abs(along - slope)).toBeLessThan(GRADIENT_TOLERANCE * size);
  });
});
