import { describe, expect, it } from '@jest/globals';
import type { TokenOwner, TrainingSequence } from '@turnwise/core';
import { packSequences, splitByTokens } from './pack-sequences.js';

const owner: Record<string, TokenOwner> = { p: 'prompt', y: 'policy', o: 'observation' };

/** `ppyyoy`: who owns each token; token ids count from 10. */
function sequence(owners: string, advantage = 1): TrainingSequence {
  const letters = [...owners];
  return {
    trajectoryId: owners,
    tokenIds: letters.map((_, index) => 10 + index),
    owners: letters.map((letter) => owner[letter] as TokenOwner),
    advantages: letters.map((letter) => (letter === 'y' ? advantage : 0)),
    logprobs: letters.map((letter, index) => (letter === 'y' ? -index : 0)),
  };
}

describe('packSequences', () => {
  it('scores the tokens of the policy and no other', () => {
    const { packed, sequenceOf, advantages, sampled } = packSequences([sequence('ppyyoyoo', 2), sequence('pyy', -1)]);
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
      ['pyyy', 'pyyyyyyyy', 'py', 'py', 'ppp'].map((owners) => sequence(owners)),
      5,
    );
    expect(batches.map((batch) => batch.map(({ trajectoryId }) => trajectoryId))).toEqual([
      ['pyyy'],
      ['pyyyyyyyy'],
      ['py', 'py'],
    ]);
  });
});
