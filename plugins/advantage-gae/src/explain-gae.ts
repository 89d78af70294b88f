import { explanationRows, scoredRewards, shortNumber } from '@turnwise/core';
import type { AdvantageExplanation, ShapedGroup } from '@turnwise/core';
import { gaeParts } from './gae-advantages.js';
import type { GaeOptions } from './options.js';

/** Says how `gaeAdvantages` came to its numbers. */
export function explainGae(groups: readonly ShapedGroup[], options: GaeOptions): AdvantageExplanation[] {
  const { gamma, lambda } = options;
  return groups.map((group) => {
    const parts = gaeParts(group, options);
    const described = (member: number, turn: number): string => {
      const own = parts[member];
      if (own === undefined) return '0: nothing to compare with';
      const reward = `reward ${shortNumber(own.rewards[turn] ?? 0)}`;
      const value = `others' return from here ${shortNumber(own.values[turn] ?? 0)}`;
      if (turn === own.rewards.length - 1) return `${reward} - ${value}`;
      const next = `${shortNumber(gamma)} x others' return from the next turn ${shortNumber(own.values[turn + 1] ?? 0)}`;
      const later = `${shortNumber(gamma * lambda)} x the next turn's advantage (${shortNumber(own.advantages[turn + 1] ?? 0)})`;
      return `${reward} + ${next} - ${value} + ${later}`;
    };
    return {
      rule: "each turn is compared with what the other members got from the same turn on; later turns' surprises count too, less the further off",
      turns: explanationRows(
        group,
        scoredRewards(group).map(({ turns }, member) => turns.map((_, turn) => described(member, turn))),
      ),
    };
  });
}
