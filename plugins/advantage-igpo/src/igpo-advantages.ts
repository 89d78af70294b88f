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
  const statistics = { ...options, baseline: 'mean', divideByStandardDeviation: true } as const;
  return groups.map((group) => {
    const rewards = scoredRewards(group);
    const gains = rewards.map(({ turns }) => turns.slice(0, -1));
    const outcomes = scoredOutcomes(group);
    const all = [...gains.flat(), ...outcomes];
    const [gainValues, outcomeValues] =
      options.normalization === 'joint'
        ? [standardize(all, statistics), standardize(all, statistics).slice(gains.flat().length)]
        : [standardize(gains.flat(), statistics), standardize(outcomes, statistics)];
    if (rewards.length < 2) return turnLevelAdvantages(group, []);
    let next = 0;
    const rows = rewards.map(({ turns }, member) => {
      const values = (gains[member] ?? []).map(() => gainValues[next++] ?? 0);
      return discountedReturns(turns.length === 0 ? [] : [...values, outcomeValues[member] ?? 0], options.gamma);
    });
    return turnLevelAdvantages(group, rows);
  });
}
