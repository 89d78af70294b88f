import fc from 'fast-check';
import {
  advantagesToTokens,
  flattenSequence,
  estimateAdvantages,
  type AdvantageEstimator,
  type ShapedGroup,
  type Trajectory,
  type TurnRewards,
} from '@turnwise/core';
import { anyGroup, groupOf } from '../generators/shaped-groups.js';

/** What estimators are held to, as functions that throw when it does not hold. */
export type Law = (estimator: AdvantageEstimator) => void;

type Rows = readonly (readonly number[])[];

export const estimate = (groups: readonly ShapedGroup[], estimator: AdvantageEstimator) =>
  estimateAdvantages(groups, { name: 'tested', estimator });

export const turnsOf = (group: ShapedGroup, estimator: AdvantageEstimator): Rows =>
  estimate([group], estimator)[0]?.turns ?? [];

export const withRewards = (group: ShapedGroup, change: (rewards: TurnRewards) => TurnRewards): ShapedGroup => ({
  ...group,
  shaped: group.shaped.map(change),
});

/** Throws where the two differ by more than the tolerance, or in shape. */
export function requireClose(actual: Rows, expected: Rows, tolerance = 1e-9): void {
  const close =
    actual.length === expected.length &&
    actual.every(
      (row, index) =>
        row.length === expected[index]?.length &&
        row.every((value, turn) => Math.abs(value - (expected[index]?.[turn] ?? NaN)) <= tolerance),
    );
  if (!close) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

function holds<Value>(seed: number, values: fc.Arbitrary<Value>, predicate: (value: Value) => void): void {
  fc.assert(
    fc.property(values, (value) => predicate(value)),
    { seed, numRuns: 50 },
  );
}

/** estimateAdvantages refuses wrong shapes, NaN, changed input, wrong compositions and credit for abstaining. */
export const keepsTheContract: Law = (estimator) =>
  holds(61, fc.array(anyGroup, { maxLength: 4 }), (groups) => void estimate(groups, estimator));

export const ignoresOrder: Law = (estimator) =>
  holds(62, fc.tuple(anyGroup, fc.integer()), ([group, seed]) => {
    const order = group.shaped
      .map((_, index) => index)
      .sort((a, b) => ((a * 7919 + seed) % 13) - ((b * 7919 + seed) % 13));
    const permuted = groupOf(order.map((index) => group.shaped[index] as TurnRewards));
    const plain = turnsOf(group, estimator);
    requireClose(
      turnsOf(permuted, estimator),
      order.map((index) => plain[index] ?? []),
    );
  });

export const leavesAbstainingOut: Law = (estimator) =>
  holds(63, anyGroup, (group) => {
    const kept = group.shaped.flatMap((rewards, index) => (rewards.outcome === null ? [] : [index]));
    fc.pre(kept.length > 0);
    const without = groupOf(kept.map((index) => group.shaped[index] as TurnRewards));
    const plain = turnsOf(group, estimator);
    requireClose(
      turnsOf(without, estimator),
      kept.map((index) => plain[index] ?? []),
    );
  });

export const saysNoneWhenZero: Law = (estimator) =>
  holds(64, anyGroup, (group) => {
    const [result] = estimate([group], estimator);
    const dead = result?.turns.every((row) => row.every((value) => value === 0));
    if ((result?.level === 'none') !== dead) throw new Error(`level ${String(result?.level)}, all zero: ${dead}`);
  });

export const survivesManyTurns: Law = (estimator) => {
  const member = (reward: number): TurnRewards => ({
    outcome: reward,
    correct: reward === 1,
    turns: new Array<number>(10_000).fill(reward),
  });
  const row = estimator.estimate([groupOf([member(1), member(0), member(0)])])[0]?.turns[0];
  if (row?.length !== 10_000 || !row.every(Number.isFinite)) throw new Error(`${row?.length} turns, or not finite`);
};

/** Rewards equal in float64, or as far apart as float32 rounding puts them, give exact zeros. */
export const isZeroWhenFlat: Law = (estimator) => {
  const value = fc.double({ min: 2 ** -20, max: 1, noNaN: true });
  const shape = [fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }), fc.boolean()] as const;
  holds(65, fc.tuple(value, ...shape), ([reward, size, turns, correct]) => {
    const members = Array.from({ length: size }, (_, index): TurnRewards => {
      const own = index % 2 === 0 ? reward : Math.fround(reward);
      return { outcome: own, correct, turns: new Array<number>(turns).fill(own) };
    });
    requireClose(
      turnsOf(groupOf(members), estimator),
      members.map((member) => member.turns.map(() => 0)),
      0,
    );
  });
};

/** @param equalLengths try equal lengths only: sums over turns shift by another amount for every length */
export const ignoresShifts =
  (equalLengths = false): Law =>
  (estimator) =>
    holds(66, fc.tuple(anyGroup, fc.integer({ min: 1, max: 16 })), ([group, shift]) => {
      const moved = withRewards(group, (rewards) => ({
        ...rewards,
        outcome: rewards.outcome === null ? null : rewards.outcome + shift,
        turns: rewards.turns.map((value) => (rewards.outcome === null ? value : value + shift)),
      }));
      const scored = group.shaped.filter(({ outcome }) => outcome !== null);
      fc.pre(!equalLengths || new Set(scored.map(({ turns }) => turns.length)).size <= 1);
      requireClose(turnsOf(moved, estimator), turnsOf(group, estimator), 1e-8);
    });

/** All rewards times a factor: advantages times factor ** degree; 1 without division by a spread, 0 with it and no epsilon. */
export const scalesBy =
  (degree: 0 | 1): Law =>
  (estimator) =>
    holds(67, fc.tuple(anyGroup, fc.integer({ min: 2, max: 8 })), ([group, factor]) => {
      const scaled = withRewards(group, (rewards) => ({
        ...rewards,
        outcome: rewards.outcome === null ? null : rewards.outcome * factor,
        turns: rewards.turns.map((value) => value * factor),
      }));
      requireClose(
        turnsOf(scaled, estimator),
        turnsOf(group, estimator).map((row) => row.map((value) => value * factor ** degree)),
      );
    });

/** The first turns of a group, one a trajectory, add up to zero. */
export const sumsToZero: Law = (estimator) =>
  holds(68, anyGroup, (group) => {
    const sum = turnsOf(group, estimator).reduce((total, row) => total + (row[0] ?? 0), 0);
    if (Math.abs(sum) > 1e-9) throw new Error(`sums to ${sum}`);
  });

/** Unbiased spread, divided by size - 1: of a right and a wrong answer each is 1 / sqrt 2 away. */
export const usesTheSampleSpread: Law = (estimator) => {
  const group = groupOf([
    { outcome: 1, correct: true, turns: [1] },
    { outcome: 0, correct: false, turns: [0] },
  ]);
  requireClose(turnsOf(group, estimator), [[Math.SQRT1_2], [-Math.SQRT1_2]], 1e-5);
};

/** What was read weighs nothing: longer observations change no advantage, and their tokens get none. */
export const respectsTheMask: Law = (estimator) =>
  holds(69, fc.tuple(anyGroup, fc.integer({ min: 0, max: 999 })), ([group, seed]) => {
    let drawn = seed;
    const length = (): number => 1 + ((drawn = (drawn * 211 + 97) % 1009) % 10);
    const written = group.trajectories.map(({ turns }) => turns.map(() => length()));
    const read = group.trajectories.map(({ turns }) => turns.map(() => length()));
    const withTokens = (observed: readonly (readonly number[])[]): ShapedGroup => ({
      ...group,
      trajectories: group.trajectories.map((trajectory, member) =>
        tokenized(trajectory, written[member] ?? [], observed[member] ?? []),
      ),
    });
    const tokens = withTokens(read);
    const advantages = turnsOf(tokens, estimator);
    requireClose(turnsOf(withTokens(read.map((row) => row.map((count) => 3 * count))), estimator), advantages, 0);
    tokens.trajectories.forEach((trajectory, member) => {
      const { mask, advantages: paidTo } = flattenSequence(advantagesToTokens(trajectory, advantages[member] ?? []));
      const paid = paidTo.some((value, token) => value !== 0 && mask[token] === 0);
      if (paid) throw new Error(`${trajectory.id}: an observation has an advantage`);
    });
  });

function tokenized(trajectory: Trajectory, written: readonly number[], read: readonly number[]): Trajectory {
  const list = (count: number | undefined): number[] => new Array<number>(count ?? 0).fill(1);
  return {
    ...trajectory,
    turns: trajectory.turns.map((turn, index) => ({
      ...turn,
      output: { ...turn.output, tokenIds: list(written[index]), logprobs: list(written[index]).map(() => -1) },
      observation: turn.observation && { ...turn.observation, tokenIds: list(read[index]) },
    })),
  };
}
