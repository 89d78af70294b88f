import {
  discountedReturns,
  isFlat,
  mean,
  policyTokensByTurn,
  scoredMembers,
  scoredOutcomes,
  scoredRewards,
  turnLevelAdvantages,
} from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { ReinforcePlusPlusOptions } from './options.js';
import { whitening, type Weighted, type Whitening } from './whiten.js';

/**
 * Returns whitened over all policy tokens of the batch:
 *
 *     G(i, k) = sum over j >= k of gamma^(j - k) r(i, j)
 *     A(i, k) = (G(i, k) - mean) / sqrt(variance + epsilon)
 *
 * mean and variance (Bessel's correction) count each turn as often as it has policy tokens. Observations are skipped,
 * as in verl 0.9.1; multiplying the running return by the mask there, as verl once did, leaves every turn before the last
 * observation with nothing. With `group-mean` the mean outcome of the group is subtracted first; a group of one keeps its outcome, as in
 * verl. A flat batch is exactly zero.
 *
 * Source: REINFORCE++, arXiv 2501.03262; verl `compute_reinforce_plus_plus_outcome_advantage` and
 * `compute_reinforce_plus_plus_baseline_outcome_advantage`.
 */
export function reinforcePlusPlusAdvantages(
  groups: readonly ShapedGroup[],
  options: ReinforcePlusPlusOptions,
): GroupAdvantages[] {
  const { returns, center, divisor } = reinforcePlusPlusParts(groups, options);
  return groups.map((group, index) =>
    turnLevelAdvantages(
      group,
      (returns[index] ?? []).map((turns) => turns.map((value) => (divisor === null ? 0 : (value - center) / divisor))),
    ),
  );
}

/** Returns of every turn, `[group][scored member][turn]`, and what they are whitened with. */
export function reinforcePlusPlusParts(
  groups: readonly ShapedGroup[],
  options: ReinforcePlusPlusOptions,
): Whitening & { readonly returns: readonly (readonly (readonly number[])[])[] } {
  const returns = groups.map((group) => groupReturns(group, options));
  const entries = returns.flatMap((group, index) => weighByTokens(group, groups[index]));
  return { returns, ...whitening(entries, options.epsilon) };
}

function groupReturns(group: ShapedGroup, { baseline, rewards, gamma }: ReinforcePlusPlusOptions): number[][] {
  const outcomes = scoredOutcomes(group);
  // A flat group is centred to exact zeros: whitening would blow its rounding errors up.
  const flat = isFlat(outcomes) && outcomes.length > 1;
  const center = baseline === 'group-mean' && outcomes.length > 1 ? mean(outcomes) : 0;
  return scoredRewards(group).map(({ turns, outcome }) => {
    const last = turns.length - 1;
    const paid = rewards === 'turns' ? turns : turns.map((_, turn) => (turn === last ? (outcome ?? 0) : 0));
    const own = baseline === 'group-mean' && flat ? (outcome ?? 0) : center;
    return discountedReturns(paid, gamma).map((value) => value - own);
  });
}

function weighByTokens(returns: readonly (readonly number[])[], group: ShapedGroup | undefined): Weighted[] {
  const members = scoredMembers(group?.shaped ?? []);
  return returns.flatMap((turns, member) => {
    const trajectory = group?.trajectories[members[member] ?? 0];
    const tokens = trajectory ? policyTokensByTurn(trajectory) : [];
    return turns.map((value, turn) => ({ value, weight: tokens[turn] ?? 0 }));
  });
}
