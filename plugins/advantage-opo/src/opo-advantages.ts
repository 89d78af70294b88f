import { isFlat, policyTokensByTurn, scoredMembers, scoredOutcomes, trajectoryLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { OpoOptions } from './options.js';

/**
 * Outcome minus the length-weighted mean of the group, the same on every turn:
 *
 *     A(i, k) = o_i - (sum over j of l_j o_j) / (sum over j of l_j),   l_j policy tokens of trajectory j
 *
 * The baseline is the one of least variance if the squared gradient norm of a trajectory grows with its length. It
 * includes the trajectory itself. Flat groups and groups of one are exactly zero (verl gives a group of one its reward).
 *
 * Source: OPO, arXiv 2505.23585; verl `compute_opo_outcome_advantage`.
 */
export function opoAdvantages(groups: readonly ShapedGroup[], _options: OpoOptions = {}): GroupAdvantages[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    if (isFlat(outcomes)) return trajectoryLevelAdvantages(group, []);
    const baseline = opoBaseline(group);
    return trajectoryLevelAdvantages(
      group,
      outcomes.map((outcome) => outcome - baseline),
    );
  });
}

/** The mean outcome, each weighed by its trajectory's policy tokens; 0 without tokens. */
export function opoBaseline(group: ShapedGroup): number {
  const lengths = scoredMembers(group.shaped).map((index) => lengthOf(group, index));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const weighed = scoredOutcomes(group).reduce((sum, outcome, member) => sum + outcome * (lengths[member] ?? 0), 0);
  return total > 0 ? weighed / total : 0;
}

function lengthOf({ trajectories }: ShapedGroup, index: number): number {
  const trajectory = trajectories[index];
  return trajectory ? policyTokensByTurn(trajectory).reduce((sum, tokens) => sum + tokens, 0) : 0;
}
