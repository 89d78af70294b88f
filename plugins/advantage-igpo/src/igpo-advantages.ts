import { discountedReturns, scoredOutcomes, scoredRewards, standardize, turnLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { IgpoOptions } from './options.js';

/**
 * Turn rewards of all turns but the last are information gains, the last turn is paid by the outcome. Gains are
 * normalised over all of the group's, outcomes over the group's outcomes; then
 *
 *     A(i, k) = sum over j >= k of gamma^(j - k) z(i, j)
 *
 * The paper's gain is the rise in the policy's own probability of the gold answer: the reward `information-gain`. Any
 * other reward that pays single turns can stand in its place (`step-search`, `folr`). Summing values that were centred over turns favours trajectories of one length or another: see the page on stop-time bias.
 *
 * Source: IGPO, arXiv 2510.14967, equations 3-7.
 */
export function igpoAdvantages(groups: readonly ShapedGroup[], options: IgpoOptions): GroupAdvantages[] {
  return groups.map((group) =>
    turnLevelAdvantages(
      group,
      igpoParts(group, options).map(({ returns }) => returns),
    ),
  );
}

/** One trajectory's normalised gains with its normalised outcome last, and their sums from each turn on. */
export interface IgpoParts {
  readonly normalized: readonly number[];
  readonly returns: readonly number[];
}

/** The values of each scored member; none for a group of one. */
export function igpoParts(group: ShapedGroup, options: IgpoOptions): IgpoParts[] {
  const statistics = { ...options, baseline: 'mean', divideByStandardDeviation: true } as const;
  const rewards = scoredRewards(group);
  if (rewards.length < 2) return [];
  const gains = rewards.map(({ turns }) => turns.slice(0, -1));
  const outcomes = scoredOutcomes(group);
  const all = standardize([...gains.flat(), ...outcomes], statistics);
  const [gainValues, outcomeValues] =
    options.normalization === 'joint'
      ? [all, all.slice(gains.flat().length)]
      : [standardize(gains.flat(), statistics), standardize(outcomes, statistics)];
  let next = 0;
  return rewards.map(({ turns }, member) => {
    const values = (gains[member] ?? []).map(() => gainValues[next++] ?? 0);
    const normalized = turns.length === 0 ? [] : [...values, outcomeValues[member] ?? 0];
    return { normalized, returns: discountedReturns(normalized, options.gamma) };
  });
}
