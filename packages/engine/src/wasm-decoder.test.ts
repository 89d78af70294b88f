import { expect, test } from '@jest/globals';
import { createEngine } from './create-engine.js';
import { smallConfig, smallEngine } from './testing/small-models.js';

test('items that cannot be appended are refused and change nothing', () => {
  const decoder = smallEngine().openDecoder({ slots: 2 });
  decoder.extend([{ slot: 0, tokens: [1, 2] }]);
  const good = { slot: 1, tokens: [3] };
  const refusals: [number, number[], string][] = [
    [0, [29], 'token 29 at slot 0 is outside the vocabulary of 29'],
    [0, [1.5], 'token 1.5'],
    [0, [], 'no tokens to append to slot 0'],
    [2, [1], 'no slot 2: the decoder has 2'],
    [1, [1], 'slot 1 appears twice'],
    [0, Array<number>(63).fill(1), 'slot 0 holds 2 tokens and 63 more would exceed contextLength 64'],
  ];
  for (const [slot, tokens, message] of refusals) {
    expect(() => decoder.extend([good, { slot, tokens }])).toThrow(message);
  }
  expect([decoder.length(0), decoder.length(1)]).toEqual([2, 0]);
  expect(() => decoder.extend([good], new Float32Array(28))).toThrow('29 logits do not fit into 28 numbers');
  expect([decoder.length(0), decoder.length(1)]).toEqual([2, 0]);
  expect(decoder.extend([])).toHaveLength(0);
  expect(decoder.extend([{ slot: 0, tokens: Array<number>(62).fill(1) }]).every(Number.isFinite)).toBe(true);
  expect(() => decoder.truncate(0, 65)).toThrow('slot 0 holds 64 tokens and cannot be truncated to 65');
  expect(() => decoder.truncate(0, -1)).toThrow('cannot be truncated to -1');
});

test('more prompts than fit one chunk of rows go through in one call', () => {
  const engine = smallEngine({ contextLength: 400 });
  const { vocabularySize } = engine.config;
  const decoder = engine.openDecoder({ slots: 300 });
  const items = Array.from({ length: 300 }, (_, slot) => {
    return { slot, tokens: Array.from({ length: slot === 7 ? 390 : 1 + (slot % 40) }, (_token, i) => (slot + i) % 29) };
  });
  const logits = decoder.extend(items);
  const alone = engine.openDecoder({ slots: 1 });
  for (const slot of [0, 7, 8, 299]) {
    alone.truncate(0, 0);
    const expected = alone.extend([{ slot: 0, tokens: items[slot]?.tokens ?? [] }]);
    expect(logits.slice(slot * vocabularySize, (slot + 1) * vocabularySize)).toEqual(expected);
  }
});

test.each([
  [0, 29],
  [3, 29],
  [3, 32],
])('logits go where they are told to, whatever the pass was before (%d taps, %d tokens)', (shiftTaps, size) => {
  const engine = smallEngine({ shiftTaps, vocabularySize: size });
  const { vocabularySize } = engine.config;
  const [decoder, other] = [engine.openDecoder({ slots: 3 }), engine.openDecoder({ slots: 3 })];
  const into = new Float32Array(3 * vocabularySize).fill(NaN);
  for (const lengths of [[4, 1, 2], [1, 1, 1], [2], [1, 3]]) {
    const items = lengths.map((length, slot) => ({ slot, tokens: Array.from({ length }, (_, i) => slot * 7 + i) }));
    const logits = decoder.extend(items, into);
    expect(logits.buffer).toBe(into.buffer);
    expect(logits).toEqual(other.extend(items));
    expect(new Set(logits).size).toBeGreaterThan(size / 2);
  }
});

test('cached tokens do not outlive a change of weights', () => {
  const engine = smallEngine();
  const decoder = engine.openDecoder({ slots: 2 });
  const before = decoder.extend([{ slot: 0, tokens: [1, 2, 3] }]);
  const name = 'model.layers.0.self_attn.k_proj.weight';
  engine.writeParameter(
    name,
    engine.readParameter(name).map((w) => w * 2),
  );
  expect(() => decoder.extend([{ slot: 0, tokens: [4] }])).toThrow(
    'slot 0 was computed with weights that have changed since; truncate it to 0 and extend anew',
  );
  decoder.truncate(0, 1);
  expect(() => decoder.extend([{ slot: 0, tokens: [2] }])).toThrow('weights that have changed');
  decoder.truncate(0, 0);
  const after = decoder.extend([
    { slot: 0, tokens: [1, 2, 3] },
    { slot: 1, tokens: [1, 2, 3] },
  ]);
  expect(after.slice(0, 29)).not.toEqual(before);
  expect(after.slice(0, 29)).toEqual(after.slice(29));
  expect(decoder.extend([{ slot: 0, tokens: [4] }])).toEqual(decoder.extend([{ slot: 1, tokens: [4] }]));
});

test('a decoder that does not fit leaves no memory taken', () => {
  const engine = createEngine({ config: smallConfig(), seed: 1, memoryLimitBytes: 2 * 2 ** 20 });
  const used = (): number => {
    // What is left shows in the largest decoder that can still be made.
    for (let slots = 128; slots >= 1; slots--) {
      try {
        engine.openDecoder({ slots }).close();
        return slots;
      } catch {
        continue;
      }
    }
    return 0;
  };
  const most = used();
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(98);
  // Of somewhat more slots the cache fits and its workspace does not.
  for (let slots = most + 1; slots < most + 30; slots++) expect(() => engine.openDecoder({ slots })).toThrow('memory');
  expect(used()).toBe(most);
});

test('a closed decoder gives its memory back and refuses to work', () => {
  const engine = smallEngine();
  const peaks = new Set<number | undefined>();
  const decoders = Array.from({ length: 5 }, () => {
    const decoder = engine.openDecoder({ slots: 64 });
    peaks.add(engine.peakMemoryBytes);
    decoder.close();
    return decoder;
  });
  expect(peaks.size).toBe(1);
  expect(() => decoders[0]?.length(0)).toThrow('the decoder is closed');
  expect(() => decoders[0]?.close()).toThrow('the decoder is closed');
  expect(() => engine.openDecoder({ slots: 0 })).toThrow('a decoder needs at least 1 slot, got 0');
});

test.each([
  ['one head a query head', {}],
  ['shared key-value heads', { headCount: 4, keyValueHeadCount: 2 }],
])('a copied prefix is as good as a computed one, to the bit: %s', (_, config) => {
  const engine = smallEngine(config);
  const decoder = engine.openDecoder({ slots: 3 });
  const prompt = Array.from({ length: 21 }, (_unused, i) => (i * 5) % 29);
  for (const length of [1, 8, 13, 21]) {
    for (let slot = 0; slot < 3; slot++) decoder.truncate(slot, 0);
    decoder.extend([{ slot: 0, tokens: prompt }]);
    // What the target held before must not show through.
    decoder.extend([{ slot: 1, tokens: Array<number>(40).fill(7) }]);
    decoder.truncate(1, 0);
    decoder.copyPrefix(0, 1, length);
    expect(decoder.length(1)).toBe(length);
    const rest = [...prompt.slice(length), 3, 4, 5];
    decoder.extend([{ slot: 2, tokens: prompt.slice(0, length) }]);
    for (const tokens of [rest.slice(0, 1), rest.slice(1)]) {
      if (tokens.length === 0) continue;
      const copied = decoder.extend([{ slot: 1, tokens }]);
      expect(copied).toEqual(decoder.extend([{ slot: 2, tokens }]));
    }
    // The source goes on undisturbed.
    expect(decoder.length(0)).toBe(21);
  }
});

test('a prefix that cannot be copied is refused', () => {
  const engine = smallEngine();
  const decoder = engine.openDecoder({ slots: 2 });
  decoder.extend([{ slot: 0, tokens: [1, 2, 3] }]);
  expect(() => decoder.copyPrefix(0, 1, 4)).toThrow('slot 0 holds 3 tokens: 4 of them cannot be copied');
  expect(() => decoder.copyPrefix(0, 1, 0)).toThrow('0 of them cannot be copied');
  expect(() => decoder.copyPrefix(0, 0, 1)).toThrow('only an empty slot is copied to');
  expect(() => decoder.copyPrefix(0, 2, 1)).toThrow('no slot 2');
  decoder.extend([{ slot: 1, tokens: [1] }]);
  expect(() => decoder.copyPrefix(0, 1, 1)).toThrow('slot 1 holds 1 tokens: only an empty slot is copied to');
  decoder.truncate(1, 0);
  const name = 'model.norm.weight';
  engine.writeParameter(name, engine.readParameter(name));
  expect(() => decoder.copyPrefix(0, 1, 2)).toThrow('weights that have changed since');
  expect(decoder.length(1)).toBe(0);
});
