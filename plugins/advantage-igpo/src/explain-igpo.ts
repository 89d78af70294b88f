import { explanationRows, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { igpoParts } from './igpo-advantages.js';
import type { IgpoOptions } from './options.js';

/** Says how `igpoAdvantages` came to its numbers. */
export function explainIgpo(groups: readonly ShapedGroup[], options: IgpoOptions): AdvantageExplanation[] {
  return groups.map((group) => {
    const parts = igpoParts(group, options);
    const described = (member: number, turn: number): string => {
      const own = parts[member];
      if (own === undefined) return '0: nothing to compare with';
      const { normalized, returns } = own;
      if (turn === normalized.length - 1) return `outcome normalised ${shortNumber(normalized[turn] ?? 0)}`;
      const later = `${shortNumber(options.gamma)} x what follows (${shortNumber(returns[turn + 1] ?? 0)})`;
      return `gain normalised ${shortNumber(normalized[turn] ?? 0)} + ${later}`;
    };
    const sets = options.normalization === 'separate' ? 'apart from' : 'together with';
    return {
      rule: `gains of turns are compared ${sets} outcomes across the group, and each turn gets the sum from it on`,
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map((_, turn) => described(member, turn))),
      ),
    };
  });
}
