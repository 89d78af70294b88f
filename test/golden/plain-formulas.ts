import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { ShapedGroup, Trajectory, TurnRewards } from '@turnwise/core';

/** A trajectory of a group, as far as an estimator looks at it. */
export interface Member {
  readonly outcome: number;
  readonly correct?: boolean;
  readonly turns: readonly number[];
  /** What each turn read; a turn that is not listed read nothing. */
  readonly read?: readonly string[];
  /** Whether what was read came from a search that found something. Default: yes. */
  readonly found?: readonly boolean[];
  readonly firstOccurrence?: number | null;
}

export function group(...members: readonly Member[]): ShapedGroup {
  return {
    question: { id: 'q', text: 'Which?', answers: ['Paris'] },
    trajectories: members.map(({ turns, read, found }, index): Trajectory => ({
      id: `q/${index}`,
      turns: turns.map((_, turn) => {
        const text = read?.[turn];
        const status = found?.[turn] === false ? 'empty' : 'ok';
        return {
          output: { text: '', tokenIds: [1], logprobs: [-1] },
          action: { kind: 'search', query: 'x' },
          observation: text === undefined ? null : { status, text, hits: [] },
        };
      }),
      answer: 'x',
      stopReason: 'answered',
    })),
    shaped: members.map(({ outcome, correct = false, turns, firstOccurrence }): TurnRewards => ({
      outcome,
      correct,
      turns,
      ...(firstOccurrence === undefined ? {} : { firstOccurrence }),
    })),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]) => sum(values) / values.length;
export const sd = (values: readonly number[]) =>
  Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
/** The group-relative value; zero for a flat set. */
export const z = (values: readonly number[], epsilon: number) =>
  values.map((value) =>
    values.every((other) => other === value) ? 0 : (value - mean(values)) / (sd(values) + epsilon),
  );
export const returnsOf = (turns: readonly number[], gamma: number) =>
  turns.map((_, turn) => sum(turns.slice(turn).map((value, distance) => gamma ** distance * value)));
export const paidAtEnd = ({ turns, outcome }: Member) =>
  turns.map((_, turn) => (turn === turns.length - 1 ? outcome : 0));

export function expectClose(
  actual: readonly (readonly number[])[] | undefined,
  expected: readonly (readonly number[])[],
) {
  expect(actual?.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  actual?.forEach((row, member) => {
    row.forEach((value, turn) => {
      expect(value).toBeCloseTo(expected[member]?.[turn] ?? NaN, 8);
    });
  });
}

export const eighth = fc.integer({ min: -8, max: 8 }).map((value) => value / 8);
export const members = fc.array(
  fc.record({ outcome: eighth, turns: fc.array(eighth, { minLength: 1, maxLength: 4 }) }),
  {
    minLength: 2,
    maxLength: 5,
  },
);
export const paidBy = fc.constantFrom('outcome' as const, 'turns' as const);
export const gammas = fc.constantFrom(0, 0.5, 1);
