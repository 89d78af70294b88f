import { describe, expect, it } from '@jest/globals';
import type { TokenSpan, TrainingSequence } from '@turnwise/core';
import { packSequences, splitByTokens } from './pack-sequences.js';

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

describe('splitByTokens', () => {
  it('keeps sequences whole and in order, and leaves out those without a policy token', () => {
    const batches = splitByTokens(
      ['p yyy', 'p yyyyyyyy', 'p y', 'p y', 'ppp'].map((owners) => sequence(owners)),
      5,
    );
    expect(batches.map((batch) => batch.map(({ trajectoryId }) => trajectoryId))).toEqual([
      ['p yyy'],
      ['p yyyyyyyy'],
      ['p y', 'p y'],
    ]);
  });
});
