import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokenize } from './tokenize.js';

const words = (text: string): string[] => [...tokenize(text)];

describe('tokenize', () => {
  it.each([
    ['Who directed "Jaws" (1975)?', ['who', 'directed', 'jaws', '1975']],
    ['Café CAFÉ cafe\u0301', ['cafe', 'cafe', 'cafe']],
    ['Łódź, São Paulo, Ærø, Straße', ['lodz', 'sao', 'paulo', 'aero', 'strasse']],
    ['İstanbul ısı', ['istanbul', 'isi']],
    ['ﬁlm ① ＡＢＣ', ['film', '1', 'abc']],
    ['東京都へ行く', ['東京', '京都', '都へ', 'へ行', '行く']],
    ['서울특별시', ['서울', '울특', '특별', '별시']],
    ['ソニーPS5の猫', ['ソニ', 'ニー', 'ps5', 'の猫']],
    ['猫', ['猫']],
    [
      'Star Wars: Episode IV -film +x rock~2 a* text:b ^3',
      ['star', 'wars', 'episode', 'iv', 'film', 'x', 'rock', '2', 'a', 'text', 'b', '3'],
    ],
    ['👍🏽 \u200b ~ * : ^', []],
    ['', []],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('gives plain ASCII the same words on the fast and on the general path', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('abYZ09 .-_\'":\t\n*')) }), (text) => {
        const general = words(`${text} \u00e9`);
        expect(general.pop()).toBe('e');
        expect(words(text)).toEqual(general);
      }),
    );
  });

  it('makes words of letters and digits only, in lower case, from any string, and is stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const word of words(text)) {
          expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
          expect(words(word).join('')).toBe(word);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
