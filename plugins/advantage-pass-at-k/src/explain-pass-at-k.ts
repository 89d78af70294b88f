import { explanationRows, isFlat, scoredOutcomes, scoredRewards, shortNumber, standardDeviation } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import type { PassAtKOptions } from './options.js';

/** Says how `passAtKAdvantages` came to its numbers. */
export function explainPassAtK(groups: readonly ShapedGroup[], options: PassAtKOptions): AdvantageExplanation[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const [best = 0, second = 0] = [...outcomes].sort((left, right) => right - left);
    const winner = outcomes.indexOf(best);
    const margin = `best ${shortNumber(best)} - second ${shortNumber(second)}`;
    const spread = `sd ${shortNumber(standardDeviation(outcomes, options.ddof))} + ${shortNumber(options.epsilon)}`;
    const described = (member: number): string => {
      if (outcomes.length < 2 || isFlat(outcomes)) return '0: nothing in the group is better than the rest';
      if (member !== winner) return '0: not the best of the group';
      return options.divideByStandardDeviation ? `(${margin}) / (${spread})` : margin;
    };
    return {
      rule: 'only the best trajectory is credited, by how much it is better than the second',
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map(() => described(member))),
      ),
    };
  });
}
