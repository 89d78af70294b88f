import { expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { randomBatch, smallEngine } from './testing/small-models.js';
import { TfjsTransformer } from './testing/tfjs-transformer.js';

test('TensorFlow.js computes the same loss, training step and cached logits', async () => {
  await tf.setBackend('cpu');
  const engine = smallEngine({ keyValueHeadCount: 4, hiddenSize: 32 });
  const other = new TfjsTransformer(engine);
  const [count, time] = [3, 10];
  const batch = randomBatch(engine.config, Array<number>(count).fill(time), 1, 1);
  const mean = (values: Float32Array): number => -values.reduce((a, b) => a + b, 0) / values.length;

  const decoder = engine.openDecoder({ slots: 2 });
  const otherDecoder = other.openDecoder(2);
  for (const piece of [[1, 2, 3, 4, 5], [6], [7, 8]]) {
    const expected = otherDecoder.extend([piece, piece.map((token) => token + 9)]);
    const logits = decoder.extend([
      { slot: 0, tokens: piece },
      { slot: 1, tokens: piece.map((token) => token + 9) },
    ]);
    const errors = logits.map((logit, i) => Math.abs(logit - (expected[i] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  }

  const optimizer = tf.train.adam(0.01, 0.9, 0.95, 1e-8);
  for (let step = 0; step < 3; step++) {
    const loss = other.trainStep(optimizer, batch.tokens, count);
    engine.zeroGradients();
    const { logprobs } = engine.forward(batch);
    expect(Math.abs(mean(logprobs) - loss)).toBeLessThan(1e-4);
    engine.backward({ logprobs: new Float32Array(logprobs.length).fill(-1 / logprobs.length) });
    engine.optimizerStep({ learningRate: 0.01, maxGradientNorm: null });
  }
});
