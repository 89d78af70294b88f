import { scoredMembers, scoredOutcomes, scoredRewards, standardize, turnLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { MtGrpoOptions } from './options.js';

/**
 * Two group-relative values, one of the outcome and one of the turn reward. With m the turn whose search brought the
 * first result, and z = (r - mean) / (sd + epsilon) over the group:
 *
 *     A(i, k) = z(o_i) + turnWeight x z(r(i, m))   for k <= m
 *     A(i, k) = z(o_i)                             for k > m
 *
 * A trajectory without any result has no such turn: its turn reward is 0, and all its turns get z(o_i + r_i), the value
 * of the sum. Written for agents that search once; what happens after the first result is credited by the outcome alone.
 *
 * Source: MT-GRPO, arXiv 2505.11821; the authors' `mt_grpo_env_trainer.py`.
 */
export function mtGrpoAdvantages(groups: readonly ShapedGroup[], options: MtGrpoOptions): GroupAdvantages[] {
  return groups.map((group) => {
    const parts = mtGrpoParts(group, options);
    const rows = scoredRewards(group).map(({ turns }, member) => {
      const { first, outcome, turnReward, merged } = parts[member] as MtGrpoParts;
      if (first === -1) return turns.map(() => merged);
      const extra = options.turnWeight * turnReward;
      return turns.map((_, turn) => outcome + (turn <= first ? extra : 0));
    });
    return turnLevelAdvantages(group, rows);
  });
}

/** What the advantages of one trajectory are made of, each normalised over the group. */
export interface MtGrpoParts {
  /** The turn whose search brought the first result; -1: none. */
  readonly first: number;
  readonly outcome: number;
  readonly turnReward: number;
  /** The sum of both, normalised as one. */
  readonly merged: number;
}

/** Of each scored member. */
export function mtGrpoParts(group: ShapedGroup, options: MtGrpoOptions): MtGrpoParts[] {
  const statistics = { ...options, baseline: 'mean', divideByStandardDeviation: true } as const;
  const firstResults = scoredMembers(group.shaped).map((index) => firstResult(group, index));
  const outcomes = scoredOutcomes(group);
  const turnRewards = scoredRewards(group).map(({ turns }, member) => turns[firstResults[member] ?? -1] ?? 0);
  const outcomePart = standardize(outcomes, statistics);
  const turnPart = standardize(turnRewards, statistics);
  const merged = standardize(
    outcomes.map((outcome, member) => outcome + (turnRewards[member] ?? 0)),
    statistics,
  );
  return firstResults.map((first, member) => ({
    first,
    outcome: outcomePart[member] ?? 0,
    turnReward: turnPart[member] ?? 0,
    merged: merged[member] ?? 0,
  }));
}

function firstResult({ trajectories }: ShapedGroup, index: number): number {
  return trajectories[index]?.turns.findIndex(({ observation }) => observation?.status === 'ok') ?? -1;
}
