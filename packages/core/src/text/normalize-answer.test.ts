import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerTokens, normalizeAnswer } from './normalize-answer.js';

describe('normalizeAnswer', () => {
  it.each([
    ['The Beatles', 'beatles'],
    ['A.B.C.', 'abc'],
    ['Jean-Luc Picard', 'jeanluc picard'],
    ['Bahía', 'bahía'],
    ['the_a', 'thea'],
    ['été à la', 'été à la'],
    ['x\u0085y\u2009z', 'x y z'],
    ['an', ''],
  ])('%j becomes %j', (input, output) => {
    expect(normalizeAnswer(input)).toBe(output);
  });

  it('deletes exactly the ASCII punctuation', () => {
    const ascii = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => index + 33));
    expect(normalizeAnswer(ascii.toLowerCase().replace(/\w/g, ''))).toBe('');
    expect(normalizeAnswer('“x” – y…')).toBe('“x” – y…');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeAnswer(text);
        const tokens = once === '' ? [] : once.split(' ');
        expect(tokens).toEqual(answerTokens(text));
        expect(normalizeAnswer(once)).toBe(once);
      }),
      { seed: 11 },
    );
  });
});
