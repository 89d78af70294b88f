import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { goldMatcher } from '@turnwise/core';
import { goldRanges } from './gold-ranges.js';

const found = (text: string, ...answers: string[]) =>
  goldRanges(text, answers).map(({ start, end }) => text.slice(start, end));

describe('goldRanges', () => {
  it('finds answers whatever their case, punctuation and articles', () => {
    expect(found('Born in THE (Old) Town-hall.', 'old townhall')).toEqual(['Old) Town-hall']);
    expect(found('Jean-Luc and jeanluc', 'jean luc', 'Jean-Luc')).toEqual(['Jean-Luc', 'jeanluc']);
    expect(found('of a the king', 'of king')).toEqual(['of a the king']);
    expect(found('costs $5.00 (five)', '$5.00')).toEqual(['5.00']);
  });

  it('joins what overlaps, and looks for nothing that would be found everywhere', () => {
    expect(found('Paris, Texas', 'Paris', 'Paris, Texas')).toEqual(['Paris, Texas']);
    expect(found('yes, a no', 'yes', 'no', 'a', '', '!')).toEqual([]);
  });

  it('takes any text and any answer, and marks whatever the reward saw', () => {
    const word = fc.constantFrom('Paris', 'the', 'of', 'St.', 'München', 'a', '(x)', 'O’Neill', '🎈', '\\d+', '[');
    const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(words, words, words, (before, answer, after) => {
        const text = `${before} ${answer} ${after}`;
        const seen = goldMatcher({ text: '', answers: [answer] }).find(text) !== null;
        // The text holds the answer word for word, so whatever the matcher looks for is there to be marked.
        if (seen) expect(goldRanges(text, [answer]).length).toBeGreaterThan(0);
        for (const { start, end } of goldRanges(text, [answer])) expect(end).toBeGreaterThan(start);
      }),
      { seed: 71, numRuns: 500 },
    );
  });
});
