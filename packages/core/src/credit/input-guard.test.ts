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

it('sees one number of a short list that is another one, also among numbers that are none', () => {
  fc.assert(
    fc.property(guarded, fc.nat(), fc.integer({ min: 6, max: 9 }), fc.boolean(), (value, place, other, typed) => {
      // With NaN in it a list has no sum that could tell.
      fc.pre(!value.numbers.some((entry) => Number.isNaN(entry) || Math.abs(entry) > 1e6));
      const guard = guardInput(value);
      const list = typed ? value.typed : value.numbers;
      list[place % list.length] = other;
      expect(guard.hasChanged()).toBe(true);
    }),
    { seed: 62 },
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
