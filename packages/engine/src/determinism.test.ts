import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Engine } from './engine.js';
import { sampleToken } from './sample-token.js';
import { aloneInBatch, randomBatch, smallEngine, uniforms } from './testing/small-models.js';

/** Same numbers, same signs of zero, NaN nowhere. */
function expectSameBits(a: Float32Array, b: Float32Array): void {
  expect(Buffer.from(new Float32Array(a).buffer).equals(Buffer.from(new Float32Array(b).buffer))).toBe(true);
  expect(a.every((value) => Number.isFinite(value))).toBe(true);
}

const engines: readonly (readonly [string, Engine])[] = [
  ['shared keys and taps', smallEngine()],
  ['shared keys and taps, relaxed SIMD', smallEngine({}, 1, 'on')],
  ['head size 24, relaxed SIMD', smallEngine({ hiddenSize: 48, headCount: 2, keyValueHeadCount: 1 }, 1, 'on')],
  ['plain', smallEngine({ keyValueHeadCount: 4, shiftTaps: 0, layerCount: 1 })],
  ['head size 24', smallEngine({ hiddenSize: 48, headCount: 2, keyValueHeadCount: 1 })],
  [
    'biases, normed heads and an output head of its own',
    smallEngine({
      headSize: 16,
      queryKeyNorm: true,
      tiedEmbedding: false,
      queryKeyValueBias: true,
      attentionOutBias: true,
      feedForwardBias: true,
      shiftTaps: 0,
    }),
  ],
];

describe.each(engines)('%s', (_, engine) => {
  const { contextLength, vocabularySize } = engine.config;
  const lengths = fc.array(fc.integer({ min: 1, max: contextLength }), { minLength: 1, maxLength: 12 });
  const seed = fc.integer({ min: 0, max: 1_000_000 });

  test('a sequence gets the same bits alone and in any batch', () => {
    fc.assert(
      fc.property(lengths, seed, fc.constantFrom(0.5, 1, 1.3), (sizes, batchSeed, temperature) => {
        const batch = randomBatch(engine.config, sizes, batchSeed);
        const together = engine.forward(batch, { temperature });
        expect(engine.score(batch, { temperature })).toEqual(together);
        let first = 0;
        sizes.forEach((_size, index) => {
          const alone = aloneInBatch(batch, index);
          const { logprobs, entropies } = engine.score(alone, { temperature });
          const range = [first, (first += alone.scored.length)] as const;
          expectSameBits(logprobs, together.logprobs.slice(...range));
          expectSameBits(entropies, together.entropies.slice(...range));
        });
      }),
      { numRuns: 25 },
    );
  });

  test('which positions are scored does not change their scores', () => {
    const batch = randomBatch(engine.config, [30, 64, 5], 3, 1);
    const some = batch.scored.filter((_position, i) => i % 3 === 0);
    const all = engine.score(batch);
    expectSameBits(
      engine.score({ ...batch, scored: some }).logprobs,
      all.logprobs.filter((_logprob, i) => i % 3 === 0),
    );
  });

  test('a cache grown in any pieces, among other sequences, gives the logits of one pass', () => {
    fc.assert(
      fc.property(lengths, seed, (sizes, runSeed) => {
        const uniform = uniforms(runSeed);
        const sequences = sizes.map((size) =>
          Array.from({ length: size }, () => Math.floor(uniform() * vocabularySize)),
        );
        using decoder = closing(engine, sizes.length + 1);
        const last = sequences.map(() => new Float32Array());
        const done = sequences.map(() => 0);
        while (sequences.some((tokens, s) => (done[s] ?? 0) < tokens.length)) {
          const items = sequences.flatMap((tokens, slot) => {
            const start = done[slot] ?? 0;
            if (start === tokens.length || uniform() < 0.3) return [];
            const end = Math.min(tokens.length, start + 1 + Math.floor(uniform() * uniform() * tokens.length));
            done[slot] = end;
            return [{ slot, tokens: tokens.slice(start, end) }];
          });
          const logits = decoder.extend(items);
          items.forEach(({ slot }, i) => (last[slot] = logits.slice(i * vocabularySize, (i + 1) * vocabularySize)));
          // Going back over a piece leaves no trace.
          if (uniform() < 0.8) continue;
          const slot = Math.floor(uniform() * sizes.length);
          done[slot] = Math.floor(uniform() * ((done[slot] ?? 0) + 1));
          if ((done[slot] ?? 0) < (sequences[slot]?.length ?? 0)) decoder.truncate(slot, done[slot] ?? 0);
        }
        sequences.forEach((tokens, s) => {
          decoder.truncate(sizes.length, 0);
          expectSameBits(decoder.extend([{ slot: sizes.length, tokens }]), last[s] ?? new Float32Array());
        });
      }),
      { numRuns: 25 },
    );
  });

  test('what sampling records is what the forward pass returns', () => {
    const uniform = uniforms(11);
    const slots = 6;
    const temperature = 0.8;
    using decoder = closing(engine, slots);
    const sequences = Array.from({ length: slots }, (_slot, s) => [s, s + 1, 2 * s].slice(0, 1 + (s % 3)));
    const prompts = sequences.map((tokens) => tokens.length);
    const sampled: number[][] = sequences.map(() => []);
    let logits = decoder.extend(sequences.map((tokens, slot) => ({ slot, tokens })));
    for (let step = 0; step < 40; step++) {
      const items = sequences.map((tokens, slot) => {
        const drawn = sampleToken(logits, slot * vocabularySize, vocabularySize, { temperature, uniform: uniform() });
        tokens.push(drawn.token);
        sampled[slot]?.push(drawn.logprob);
        return { slot, tokens: [drawn.token] };
      });
      logits = decoder.extend(items);
    }
    sequences.forEach((tokens, s) => {
      const scored = Int32Array.from({ length: 40 }, (_value, i) => (prompts[s] ?? 0) + i);
      const batch = { tokens: Int32Array.from(tokens), offsets: Int32Array.of(0, tokens.length), scored };
      expectSameBits(engine.score(batch, { temperature }).logprobs, Float32Array.from(sampled[s] ?? []));
    });
  });
});

function closing(engine: Engine, slots: number) {
  const decoder = engine.openDecoder({ slots });
  return Object.assign(decoder, { [Symbol.dispose]: () => decoder.close() });
}

test('sequences longer than a chunk of rows do not change beside others', () => {
  const engine = smallEngine({ contextLength: 700 });
  const batch = randomBatch(engine.config, [3, 690, 200, 100, 7, 301], 9);
  const together = engine.score(batch);
  const alone = [0, 1, 2, 3, 4, 5].map((index) => engine.score(aloneInBatch(batch, index)).logprobs);
  expectSameBits(Float32Array.from(alone.flatMap((values) => [...values])), together.logprobs);
});

test.each(['off', 'on'] as const)('the same seed, the same weights after training, relaxed SIMD %s', (relaxedSimd) => {
  const run = (seed: number): Float32Array => {
    const engine = smallEngine({}, seed, relaxedSimd);
    const batch = randomBatch(engine.config, [20, 33], 1);
    for (let step = 0; step < 3; step++) {
      engine.zeroGradients();
      engine.forward(batch);
      engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-0.1) });
      engine.optimizerStep({ learningRate: 0.01 });
    }
    return engine.readParameter('model.layers.1.mlp.down_proj.weight');
  };
  expectSameBits(run(5), run(5));
  expect(run(5)).not.toEqual(run(6));
});
