import { describe, expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import type { Engine } from './engine.js';
import { loraTargets, type LoraConfig } from './lora.js';
import { doubles, randomLoss } from './testing/model-kinds.js';
import { referenceScores, type ReferenceWeights } from './testing/reference-transformer.js';
import { slopes } from './testing/slope.js';
import { randomBatch, smallConfig, uniforms } from './testing/small-models.js';

/** Adapters by name, in double precision, away from their start. */
function randomAdapters(engine: Engine): ReferenceWeights {
  const uniform = uniforms(5);
  for (const { name } of engine.trainedParameters()) {
    engine.writeParameter(
      name,
      engine.readParameter(name).map(() => 0.6 * (uniform() - 0.5)),
    );
  }
  return new Map(
    engine.trainedParameters().map(({ name }) => [name, Float64Array.from(engine.readParameter(name))] as const),
  );
}

/** Each W with scale B A added. */
function merged(engine: Engine, lora: LoraConfig, adapters: ReferenceWeights): ReferenceWeights {
  const scale = lora.alpha / (lora.rankStabilised ? Math.sqrt(lora.rank) : lora.rank);
  const weights = doubles(engine);
  for (const { name, shape } of engine.parameters()) {
    const [a, b] = ['A', 'B'].map((letter) => adapters.get(name.replace(/weight$/u, `lora_${letter}.weight`)));
    const inputs = shape[1] ?? 1;
    if (!a || !b) continue;
    weights.set(
      name,
      (weights.get(name) ?? new Float64Array()).map((w, i) => {
        const [output, input] = [Math.floor(i / inputs), i % inputs];
        let sum = 0;
        for (let r = 0; r < lora.rank; r++) sum += (b[output * lora.rank + r] ?? NaN) * (a[r * inputs + input] ?? NaN);
        return w + scale * sum;
      }),
    );
  }
  return weights;
}

const models = [
  ['all projections', { rank: 3, alpha: 7, targets: loraTargets }, {}, [2, 3, 21]],
  [
    'some, of a rank beyond a panel, scaled by its root',
    { rank: 9, alpha: 4, targets: ['v_proj', 'up_proj', 'o_proj'], rankStabilised: true },
    { queryKeyValueBias: true, queryKeyNorm: true, tiedEmbedding: false },
    [9, 14],
  ],
  [
    'more rows than are computed at once',
    { rank: 2, alpha: 2, targets: ['k_proj', 'v_proj', 'down_proj'] },
    { contextLength: 320, hiddenSize: 16, headCount: 2, layerCount: 1 },
    [300],
  ],
] as const satisfies readonly (readonly [string, LoraConfig, object, readonly number[]])[];

describe.each(models)('adapters on %s', (_, lora: LoraConfig, changes, lengths) => {
  const made = () => {
    const engine = createEngine({ config: smallConfig(changes), seed: 1, lora });
    return { engine, adapters: randomAdapters(engine), batch: randomBatch(engine.config, lengths, 4, 0.5) };
  };

  test('act as W + scale B A, and are read so', () => {
    const { engine, adapters, batch } = made();
    const weights = merged(engine, lora, adapters);
    const expected = referenceScores(engine.config, weights, batch, 1);
    const { logprobs } = engine.forward(batch);
    expect(Math.max(...logprobs.map((value, i) => Math.abs(value - (expected.logprobs[i] ?? NaN))))).toBeLessThan(1e-4);
    for (const [name, values] of weights) {
      const errors = engine.readMergedParameter(name).map((value, i) => Math.abs(value - (values[i] ?? NaN)));
      expect(Math.max(...errors)).toBeLessThan(1e-5);
    }
    expect([...doubles(engine).keys()]).toEqual(engine.parameters().map(({ name }) => name));
  });

  test('have the slope of the reference, and add up', () => {
    const { engine, adapters, batch } = made();
    const loss = randomLoss(batch, 8);
    engine.forward(batch);
    engine.backward(loss);
    expect(engine.trainedParameters()).toHaveLength(2 * lora.targets.length * engine.config.layerCount);
    const weightsOf = (moved: ReferenceWeights): ReferenceWeights => merged(engine, lora, moved);
    const { engine: slope, reference, size, leastNorm } = slopes(engine, batch, loss, 1, adapters, weightsOf);
    expect(leastNorm).toBeGreaterThan(1e-3);
    expect(Math.abs(slope - reference)).toBeLessThan(3e-4 * size);
    const once = engine.gradientNorm();
    engine.forward(batch);
    engine.backward(loss);
    expect(engine.gradientNorm() / once).toBeCloseTo(2, 4);
  });
});
