import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guardInput } from './input-guard.js';

const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN), fc.double());
/** Short enough that every element is looked at. */
const numbers = fc.array(number, { minLength: 1, maxLength: 31 });
const texts = fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 6 });

const guarded = fc.record({ numbers, texts }).map(({ numbers, texts }) => ({
  name: 'q',
  numbers,
  typed: Float64Array.from(numbers),
  texts,
  nested: [{ none: null, yes: true, deep: { texts: [...texts] } }],
}));

it('sees no change where there is none', () => {
  fc.assert(
    fc.property(guarded, (value) => !guardInput(value).hasChanged()),
    { seed: 61 },
  );
  for (const value of [null, undefined, 3, 'x', [], {}]) expect(guardInput(value).hasChanged()).toBe(false);
});

it('sees one number of a short list that is another one, also beside huge ones and such as are none', () => {
  const others = fc.constantFrom(6, 7, NaN, -1e300, Infinity, -0);
  fc.assert(
    fc.property(guarded, fc.nat(), others, fc.boolean(), (value, place, other, typed) => {
      const guard = guardInput(value);
      const list = typed ? value.typed : value.numbers;
      const at = place % list.length;
      fc.pre(!Object.is(list[at], other));
      list[at] = other;
      expect(guard.hasChanged()).toBe(true);
    }),
    { seed: 62, numRuns: 500 },
  );
});

it('sees all numbers of a short list turned around, scaled or moved', () => {
  const lists = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0.1, max: 9, noNaN: true })), {
    minLength: 1,
    maxLength: 31,
  });
  fc.assert(
    fc.property(lists, fc.constantFrom(-1, 2, 0), (list, factor) => {
      const guard = guardInput({ list });
      list.forEach((entry, at) => (list[at] = entry * factor));
      expect(guard.hasChanged()).toBe(true);
    }),
    { seed: 64 },
  );
});

it('sees a change in any place of texts, keys and nested objects', () => {
  fc.assert(
    fc.property(guarded, fc.nat(), fc.integer({ min: 0, max: 6 }), (value, place, kind) => {
      const guard = guardInput(value);
      const nested = value.nested[0] as Record<string, unknown> & { deep: { texts: string[] } };
      const changes = [
        () => (value.texts[place % value.texts.length] = 'another'),
        () => value.texts.push('more'),
        () => (nested.deep.texts[place % value.texts.length] = 'another'),
        () => (nested['none'] = 0),
        () => (nested['yes'] = false),
        () => (nested['more'] = null),
        () => delete nested['yes'],
      ];
      changes[kind]?.();
      expect(guard.hasChanged()).toBe(true);
    }),
    { seed: 63 },
  );
});

it('sees zeros appended and taken away, which add nothing to a sum', () => {
  const value = { list: [1, 2, 0] };
  const guard = guardInput(value);
  value.list.pop();
  expect(guard.hasChanged()).toBe(true);
  value.list.push(0);
  expect(guard.hasChanged()).toBe(false);
  value.list.push(0);
  expect(guard.hasChanged()).toBe(true);
});

it('sees long lists in another order, and other numbers at both ends and between', () => {
  const sorted = Float64Array.from({ length: 10_000 }, (_, index) => Math.sin(index));
  for (const change of [
    (list: Float64Array) => list.sort(),
    (list: Float64Array) => list.reverse(),
    (list: Float64Array) => list.fill(0, 5000),
    (list: Float64Array) => list.fill(9, 0, 1),
  ]) {
    const list = sorted.slice();
    const guard = guardInput({ list });
    change(list);
    expect(guard.hasChanged()).toBe(true);
  }
});
