import { describeStandardize, explanationRows, scoredOutcomes, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import type { GrpoOptions } from './options.js';

/** Says how `grpoAdvantages` came to its numbers. */
export function explainGrpo(groups: readonly ShapedGroup[], options: GrpoOptions): AdvantageExplanation[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const isRaw = outcomes.length === 1 && options.singleton === 'raw';
    const described = isRaw ? outcomes.map(singleton) : describeStandardize(outcomes, options);
    return {
      rule: `outcomes are compared across the group, and every turn of a trajectory gets its value; ${members(outcomes)}`,
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map(() => described[member] ?? null)),
      ),
    };
  });
}

function members(outcomes: readonly number[]): string {
  return outcomes.length === 1 ? '1 trajectory is scored' : `${outcomes.length} trajectories are scored`;
}

function singleton(outcome: number): string {
  return `${shortNumber(outcome)}; alone in its group (singleton: raw)`;
}
