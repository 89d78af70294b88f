import fc from 'fast-check';
import type { Passage } from '@turnwise/core';

/** A small vocabulary, so that passages share terms: plain, accented, unspaced, stop words, numbers. */
const vocabulary = [
  ...['film', 'director', 'born', 'city', 'river', 'running', 'runs', 'constructor', '__proto__', 'toString'],
  ...['the', 'who', 'of', 'is', 'café', 'Łódź', '東京都', '1984', 'U.S.A.', 'a/b', "O'Neil", ''],
];

const words = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...vocabulary), { maxLength }).map((list) => list.join(' '));

/** Up to 40 passages with ids that would trouble a plain object. */
export const generatedCorpus: fc.Arbitrary<Passage[]> = fc
  .array(fc.record({ title: words(3), text: words(30) }), { minLength: 1, maxLength: 40 })
  .map((rows) => rows.map((row, index) => ({ id: index === 0 ? '__proto__' : `p/${index}`, ...row })));

/** Queries over the same vocabulary. */
export const generatedQuery: fc.Arbitrary<string> = words(8);
