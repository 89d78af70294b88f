import { explanationRows, isFlat, mean, scoredOutcomes, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { gpgScale } from './gpg-advantages.js';
import type { GpgOptions } from './options.js';

/** Says how `gpgAdvantages` came to its numbers. */
export function explainGpg(groups: readonly ShapedGroup[], { normalization }: GpgOptions): AdvantageExplanation[] {
  const scale = shortNumber(gpgScale(groups));
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const baseline = shortNumber(mean(outcomes));
    const described = (outcome: number): string =>
      isFlat(outcomes)
        ? '0: the outcomes of the group are equal'
        : `${scale} x (outcome ${shortNumber(outcome)} - mean ${baseline}) / ${shortNumber(normalization)}`;
    return {
      rule: `every turn gets the outcome of its trajectory minus the mean of the group, times ${scale}: trajectories of the batch for each one with reward`,
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns, outcome }) => turns.map(() => described(outcome ?? 0))),
      ),
    };
  });
}
