import { expect, it } from '@jest/globals';
import type { Trajectory } from '@turnwise/core';
import { overlongOptions, overlongPenalty } from './index.js';

const options = overlongOptions.parse({ maxTokens: 20, bufferTokens: 8 });

function trajectory(tokens: readonly number[], extra: Partial<Trajectory> = {}): Trajectory {
  return {
    id: 'q/0',
    answer: 'x',
    stopReason: 'answered',
    turns: tokens.map((count) => ({
      output: { text: '', tokenIds: new Array<number>(count).fill(1), logprobs: [] },
      action: { kind: 'answer', text: 'x' },
      observation: { status: 'ok', text: 'long', hits: [], tokenIds: new Array<number>(99).fill(2) },
    })),
    ...extra,
  };
}

const penaltyOf = (member: Trajectory, by = options) =>
  overlongPenalty({ question: { id: 'q', text: '', answers: ['x'] }, trajectories: [member] }, by)[0];

it('grows over the buffer and goes on beyond the limit, counting policy tokens alone', () => {
  expect([5, 12, 13, 16, 20, 24].map((tokens) => penaltyOf(trajectory([tokens]))?.outcome)).toEqual([
    0, 0, -0.125, -0.5, -1, -1.5,
  ]);
  expect(penaltyOf(trajectory([10, 6]))).toMatchObject({ outcome: -0.5, correct: false, turns: [-0.5, -0.5] });
});

it('multiplies by the factor, and says for how many tokens', () => {
  const doubled = penaltyOf(trajectory([16]), { ...options, factor: 2 });
  expect(doubled).toMatchObject({ outcome: -1, turns: [-1], reasons: ['-1: 16 policy tokens'], answered: true });
  expect(penaltyOf(trajectory([16], { answer: null }))?.answered).toBe(false);
});

it('takes a buffer of at most all tokens', () => {
  expect(overlongOptions.safeParse({ maxTokens: 8, bufferTokens: 8 }).success).toBe(true);
  expect(overlongOptions.safeParse({ maxTokens: 8, bufferTokens: 9 }).success).toBe(false);
});

it('spares trajectories without tokens, and abstains with infrastructure', () => {
  expect(penaltyOf(trajectory([0]))).toMatchObject({ outcome: 0, turns: [0], reasons: [null] });
  const failed = trajectory([20], { failure: { code: 'ROLLOUT_POLICY', message: 'gone' } });
  expect(penaltyOf(failed)).toMatchObject({ outcome: null, turns: [0] });
});
