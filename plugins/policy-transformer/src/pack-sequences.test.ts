import { describe, expect, it } from '@jest/globals';
import { randomStream, type TokenSpan, type TrainingSequence } from '@turnwise/core';
import { packSequences, splitEvenly } from './pack-sequences.js';

/** `pp yy o y`: who owns each token, a blank between spans; token ids count from 10, log-probabilities are minus the position. */
function sequence(owners: string, advantage = 1): TrainingSequence {
  let position = 0;
  const spans = owners.split(' ').map((letters): TokenSpan => {
    const start = position;
    position += letters.length;
    const tokenIds = [...letters].map((_, index) => 10 + start + index);
    if (!letters.startsWith('y')) return { owner: letters.startsWith('p') ? 'prompt' : 'observation', tokenIds };
    return { owner: 'policy', tokenIds, advantage, logprobs: tokenIds.map((id) => 10 - id) };
  });
  return { trajectoryId: owners, spans };
}

describe('packSequences', () => {
  it('scores the tokens of the policy and no other', () => {
    const { packed, sequenceOf, advantages, sampled } = packSequences([
      sequence('pp yy o y oo', 2),
      sequence('p yy', -1),
    ]);
    expect([...packed.tokens]).toEqual([10, 11, 12, 13, 14, 15, 10, 11, 12]);
    expect([...packed.offsets]).toEqual([0, 6, 9]);
    expect([...packed.scored]).toEqual([2, 3, 5, 7, 8]);
    expect([...sequenceOf]).toEqual([0, 0, 0, 1, 1]);
    expect([...advantages]).toEqual([2, 2, 2, -1, -1]);
    expect([...sampled]).toEqual([-2, -3, -5, -1, -2]);
  });
});

describe('splitEvenly', () => {
  const split = (owners: readonly string[], maxTokens: number): string[][] =>
    splitEvenly(
      owners.map((each) => sequence(each)),
      maxTokens,
    ).map((batch) => batch.map(({ trajectoryId }) => trajectoryId));

  it('keeps sequences whole and in order, and leaves out those without a policy token', () => {
    expect(split(['p yyy', 'p yyyyyyyy', 'p y', 'ppp', 'p y'], 5)).toEqual([
      ['p yyy'],
      ['p yyyyyyyy'],
      ['p y'],
      ['p y'],
    ]);
    expect(split(['p yyy', 'p y', 'p y', 'p yyyyyyyy', 'p y', 'p y', 'p y'], 100)).toEqual([
      ['p yyy', 'p y'],
      ['p y'],
      ['p yyyyyyyy'],
      ['p y', 'p y', 'p y'],
    ]);
    expect(split(['pp'], 5)).toEqual([]);
  });

  it('makes four, or a multiple, of equal size', () => {
    const sizes = (count: number, maxTokens: number): number[] =>
      split(new Array<string>(count).fill('p yyy'), maxTokens).map((batch) => batch.length);
    expect(sizes(28, 16)).toEqual(
      new Array<number>(8).fill(3.5).map((size, index) => size + (index % 2 === 0 ? 0.5 : -0.5)),
    );
    expect(sizes(32, 20)).toEqual(new Array<number>(8).fill(4));
    expect(sizes(8, 1000)).toEqual([2, 2, 2, 2]);
    expect(sizes(3, 1000)).toEqual([1, 1, 1]);
  });

  it('never has more tokens than it may', () => {
    const random = randomStream(11, 'lengths');
    for (let round = 0; round < 200; round++) {
      const lengths = Array.from({ length: 1 + random.integer(40) }, () => 1 + random.integer(12));
      const batches = split(
        lengths.map((length, index) => `${'p'.repeat(index + 1)} ${'y'.repeat(length)}`),
        24,
      );
      const size = (names: readonly string[]): number => names.reduce((sum, name) => sum + name.length - 1, 0);
      for (const batch of batches) expect(batch.length === 1 || size(batch) <= 24).toBe(true);
      expect(batches.flat()).toHaveLength(lengths.length);
    }
  });
});
