import { expect, it } from '@jest/globals';
import type { Trajectory } from '../contract/index.js';
import { policyTokensByTurn } from './policy-tokens.js';

const trajectory = (...counts: number[]): Trajectory => ({
  id: 'q/0',
  turns: counts.map((count) => ({
    output: { text: '', tokenIds: new Array<number>(count).fill(7), logprobs: new Array<number>(count).fill(-1) },
    action: { kind: 'search', query: 'x' },
    observation: null,
  })),
  answer: null,
  stopReason: 'turn-limit',
});

it('counts tokens, also of a turn that has none, and turns only where no turn has any', () => {
  expect(policyTokensByTurn(trajectory(3, 0, 2))).toEqual([3, 0, 2]);
  expect(policyTokensByTurn(trajectory(0, 0))).toEqual([1, 1]);
  expect(policyTokensByTurn(trajectory())).toEqual([]);
});
