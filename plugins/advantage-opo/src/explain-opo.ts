import { explanationRows, isFlat, scoredOutcomes, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { opoBaseline } from './opo-advantages.js';

/** Says how `opoAdvantages` came to its numbers. */
export function explainOpo(groups: readonly ShapedGroup[]): AdvantageExplanation[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const baseline = shortNumber(opoBaseline(group));
    const described = (outcome: number): string =>
      isFlat(outcomes)
        ? '0: the outcomes of the group are equal'
        : `outcome ${shortNumber(outcome)} - mean of the group by tokens ${baseline}`;
    return {
      rule: 'every turn gets the outcome of its trajectory minus the mean of the group, in which long trajectories count more',
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns, outcome }) => turns.map(() => described(outcome ?? 0))),
      ),
    };
  });
}
