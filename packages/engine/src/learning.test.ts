import { expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import type { PackedBatch } from './engine.js';
import { uniforms } from './testing/small-models.js';
import { transformerConfig } from './transformer-config.js';

const SEPARATOR = 20;

/** Words of 4 random letters out of 20, a separator, and the same word again; the copy is scored. */
function copyingBatch(count: number, uniform: () => number): PackedBatch {
  const words = Array.from({ length: count }, () => Array.from({ length: 4 }, () => Math.floor(uniform() * 20)));
  return {
    tokens: Int32Array.from(words.flatMap((word) => [...word, SEPARATOR, ...word])),
    offsets: Int32Array.from({ length: count + 1 }, (_, s) => s * 9),
    scored: Int32Array.from(words.flatMap((_, s) => [5, 6, 7, 8].map((position) => s * 9 + position))),
  };
}

test('a tiny model learns to copy words it has not seen', () => {
  const config = transformerConfig({
    vocabularySize: 21,
    hiddenSize: 32,
    layerCount: 2,
    headCount: 2,
    contextLength: 16,
  });
  const engine = createEngine({ config, seed: 3 });
  const uniform = uniforms(1);
  for (let step = 0; step < 300; step++) {
    const batch = copyingBatch(64, uniform);
    engine.zeroGradients();
    engine.forward(batch);
    engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-1 / batch.scored.length) });
    expect(engine.optimizerStep({ learningRate: 0.01 }).applied).toBe(true);
  }
  const { logprobs } = engine.score(copyingBatch(256, uniform));
  const loss = -logprobs.reduce((sum, logprob) => sum + logprob, 0) / logprobs.length;
  expect(loss).toBeLessThan(0.1); // chance is ln 20 = 3.0
});
