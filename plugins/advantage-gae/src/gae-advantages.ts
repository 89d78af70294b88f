import {
  discountedReturns,
  generalizedAdvantages,
  isFlat,
  mean,
  scoredRewards,
  turnLevelAdvantages,
} from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { GaeOptions } from './options.js';

/**
 * Generalised advantage estimation over turns. In place of a trained critic, V(i, k) is the mean return of the other
 * members that reached turn k, from that turn on: all they know of a state is its turn. Where nobody else got that far it
 * is the mean of their whole returns.
 *
 *     delta(i, k) = r(i, k) + gamma V(i, k+1) - V(i, k),   A(i, k) = delta(i, k) + gamma lambda A(i, k+1)
 *
 * With lambda 1 it is the return-to-go minus a baseline that never looks at trajectory i: unbiased whenever the agent
 * stops. Groups of one and, undiscounted, groups whose outcomes are equal are exactly zero.
 *
 * Source: arXiv 1506.02438, equation 16. The group as critic is ours.
 */
export function gaeAdvantages(groups: readonly ShapedGroup[], options: GaeOptions): GroupAdvantages[] {
  return groups.map((group) =>
    turnLevelAdvantages(
      group,
      gaeParts(group, options).map(({ advantages }) => advantages),
    ),
  );
}

/** One trajectory's rewards, the critic's values, and the advantages made of them, one a turn. */
export interface GaeParts {
  readonly rewards: readonly number[];
  readonly values: readonly number[];
  readonly advantages: readonly number[];
}

/** Of each scored member; none for a group of one. */
export function gaeParts(group: ShapedGroup, options: GaeOptions): GaeParts[] {
  const rewards = scoredRewards(group).map(({ turns, outcome }) => {
    const last = turns.length - 1;
    return options.rewards === 'turns' ? turns : turns.map((_, turn) => (turn === last ? (outcome ?? 0) : 0));
  });
  if (rewards.length < 2) return [];
  const returns = rewards.map((turns) => discountedReturns(turns, options.gamma));
  return rewards.map((turns, member) => {
    const values = turns.map((_, turn) => valueAmongOthers(returns, member, turn));
    const mask = turns.map(() => 1 as const);
    return {
      rewards: turns,
      values,
      advantages: generalizedAdvantages(turns, values, mask, options.gamma, options.lambda),
    };
  });
}

function valueAmongOthers(returns: readonly (readonly number[])[], member: number, turn: number): number {
  const own = returns[member]?.[turn] ?? 0;
  const others = returns.filter((_, other) => other !== member);
  const reached = others.filter((turns) => turn < turns.length).map((turns) => turns[turn] ?? 0);
  const compared = reached.length > 0 ? reached : others.map((turns) => turns[0] ?? 0);
  // Equal returns must leave an exact zero, not the rounding of their mean.
  return isFlat([own, ...compared]) ? own : mean(compared);
}
