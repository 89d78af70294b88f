import { explanationRows, scoredOutcomes, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { gigpoParts } from './gigpo-advantages.js';
import type { GigpoOptions } from './options.js';

/** Says how `gigpoAdvantages` came to its numbers. */
export function explainGigpo(groups: readonly ShapedGroup[], options: GigpoOptions): AdvantageExplanation[] {
  return groups.map((group) => {
    const { trajectoryPart, stepPart } = gigpoParts(group, options);
    const alone = scoredOutcomes(group).length < 2;
    const described = (member: number, turn: number): string => {
      if (alone) return '0: nothing to compare with';
      const whole = `outcome normalised ${shortNumber(trajectoryPart[member] ?? 0)}`;
      const step = stepPart[member]?.[turn] ?? { value: 0, members: 1 };
      const cluster = step.members === 1 ? 'nobody else stood here' : `${step.members} turns of the group began here`;
      return `${whole} + ${shortNumber(options.stepWeight)} x return from here normalised ${shortNumber(step.value)}; ${cluster}`;
    };
    return {
      rule: 'outcomes are compared across the group, and turns that begin from the same observation by what followed',
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map((_, turn) => described(member, turn))),
      ),
    };
  });
}
