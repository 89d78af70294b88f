import { explanationRows, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import type { ReinforcePlusPlusOptions } from './options.js';
import { reinforcePlusPlusParts } from './reinforce-plus-plus-advantages.js';

/** Says how `reinforcePlusPlusAdvantages` came to its numbers. */
export function explainReinforcePlusPlus(
  groups: readonly ShapedGroup[],
  options: ReinforcePlusPlusOptions,
): AdvantageExplanation[] {
  const { returns, center, divisor } = reinforcePlusPlusParts(groups, options);
  const compared = options.baseline === 'none' ? 'return' : 'return less the mean of the group';
  return groups.map((group, index) => ({
    rule:
      divisor === null
        ? 'returns are compared over all tokens of the batch, which are equal here'
        : 'returns are compared over all tokens the policy wrote in the batch',
    turns: explanationRows(
      group,
      scoredRewards(group).map(({ turns }, member) =>
        turns.map((_, turn) => {
          if (divisor === null) return '0: every token of the batch has the same return';
          const own = shortNumber(returns[index]?.[member]?.[turn] ?? 0);
          return `(${compared} (${own}) - mean of the batch (${shortNumber(center)})) / sd ${shortNumber(divisor)}`;
        }),
      ),
    ),
  }));
}
