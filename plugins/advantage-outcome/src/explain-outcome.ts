import { explanationRows, mean, scoredOutcomes, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import type { OutcomeAdvantageOptions } from './options.js';

/** Says how `outcomeAdvantages` came to its numbers. */
export function explainOutcome(
  groups: readonly ShapedGroup[],
  { baseline }: OutcomeAdvantageOptions,
): AdvantageExplanation[] {
  const center = mean(groups.flatMap(scoredOutcomes));
  const subtracted = baseline === 'none' ? '' : ` - mean of the batch ${shortNumber(center)}`;
  const rule =
    baseline === 'none'
      ? 'every turn gets the outcome of its trajectory; nothing is compared'
      : 'every turn gets the outcome of its trajectory minus the mean outcome of the batch';
  return groups.map((group) => ({
    rule,
    turns: explanationRows(
      group,
      scoredRewards(group).map(({ turns, outcome }) =>
        turns.map(() => `outcome ${shortNumber(outcome ?? 0)}${subtracted}`),
      ),
    ),
  }));
}
