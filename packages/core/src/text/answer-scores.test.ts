import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerScore, containsAnswer, exactMatch, multiHopF1, tokenF1 } from './answer-scores.js';

describe('answer scores', () => {
  it('take the best alias', () => {
    expect(exactMatch('nyc', ['New York City', 'NYC'])).toBe(1);
    expect(tokenF1('New York', ['Boston', 'New York City'])).toBeCloseTo(0.8, 12);
    expect(containsAnswer('in New York City', ['Boston', 'new york'])).toBe(1);
  });

  it('say no to what is no alias', () => {
    expect(exactMatch('New York', ['New York City', 'NYC'])).toBe(0);
    expect(containsAnswer('in New York', ['New York City'])).toBe(0);
    expect(tokenF1('Boston', ['New York City'])).toBe(0);
    expect(answerScore('exact-match', 'the nyc!', ['NYC'])).toBe(1);
    expect(answerScore('contains', 'in nyc', ['NYC'])).toBe(1);
    expect(answerScore('f1', 'new york', ['York'])).toBeCloseTo(2 / 3, 12);
  });

  it('give yes, no and noanswer no share of their words in multi-hop F1', () => {
    expect(tokenF1('no one', ['no'])).toBeCloseTo(2 / 3, 12);
    expect(multiHopF1('no one', ['no'])).toBe(0);
    expect(multiHopF1('yes', ['yes they did'])).toBe(0);
    expect(multiHopF1('noanswer', ['noanswer at all'])).toBe(0);
    expect(multiHopF1('No.', ['no'])).toBe(1);
    expect(multiHopF1('no one', ['no', 'someone', 'no one else'])).toBeCloseTo(0.8, 12);
  });

  it('count repeated words as often as both sides have them', () => {
    expect(tokenF1('york york york', ['new york'])).toBeCloseTo((2 * (1 / 3) * (1 / 2)) / (1 / 3 + 1 / 2), 12);
  });

  it('are 0 without answer and without alias', () => {
    for (const metric of ['exact-match', 'f1', 'contains'] as const) {
      expect(answerScore(metric, null, ['x'])).toBe(0);
      expect(answerScore(metric, 'x', [])).toBe(0);
    }
  });

  it('f1 is symmetric, bounded, and 1 on an exact match that has words', () => {
    const words = fc.array(fc.constantFrom('red', 'blue', 'green', 'sky'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, words, (left, right) => {
        const forward = tokenF1(left.join(' '), [right.join(' ')]);
        expect(forward).toBeCloseTo(tokenF1(right.join(' '), [left.join(' ')]), 12);
        expect(forward).toBeGreaterThanOrEqual(0);
        expect(forward).toBeLessThanOrEqual(1 + 1e-12);
        expect(tokenF1(left.join(' '), [left.join(' ')])).toBe(1);
      }),
      { seed: 12 },
    );
  });
});
