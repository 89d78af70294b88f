import { explanationRows, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { mtGrpoParts } from './mt-grpo-advantages.js';
import type { MtGrpoOptions } from './options.js';

/** Says how `mtGrpoAdvantages` came to its numbers. */
export function explainMtGrpo(groups: readonly ShapedGroup[], options: MtGrpoOptions): AdvantageExplanation[] {
  return groups.map((group) => {
    const parts = mtGrpoParts(group, options);
    const described = (member: number, turn: number): string => {
      const { first, outcome, turnReward, merged } = parts[member] ?? {
        first: -1,
        outcome: 0,
        turnReward: 0,
        merged: 0,
      };
      if (first === -1)
        return `outcome and turn reward together, normalised ${shortNumber(merged)}; no search brought a result`;
      const base = `outcome normalised ${shortNumber(outcome)}`;
      if (turn > first) return `${base}; after the first result`;
      return `${base} + ${shortNumber(options.turnWeight)} x reward of the first result normalised ${shortNumber(turnReward)}`;
    };
    return {
      rule: 'outcomes are compared across the group; turns up to the first search result also get the reward of that turn, compared likewise',
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map((_, turn) => described(member, turn))),
      ),
    };
  });
}
