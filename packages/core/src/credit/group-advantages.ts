import type { GroupAdvantages, ShapedGroup, TurnRewards } from '../contract/index.js';
import { groupComposition, scoredMembers } from './composition.js';

/** The rewards of the members that did not abstain, in the order of the group. */
export function scoredRewards(group: ShapedGroup): TurnRewards[] {
  return group.shaped.filter(({ outcome }) => outcome !== null);
}

/** The outcomes of the members that did not abstain, in the order of the group. */
export function scoredOutcomes(group: ShapedGroup): number[] {
  return group.shaped.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
}

/**
 * One value per scored member, copied to all its turns; abstaining members get zero.
 *
 * @param values in the order of {@link scoredOutcomes}
 */
export function trajectoryLevelAdvantages(group: ShapedGroup, values: readonly number[]): GroupAdvantages {
  const rows = scoredRewards(group).map(({ turns }, member) => turns.map(() => values[member] ?? 0));
  return assemble(group, 'trajectory', rows);
}

/**
 * One value per turn of each scored member; abstaining members get zero.
 *
 * @param rows `[scored member][turn]`, in the order of {@link scoredRewards}
 */
export function turnLevelAdvantages(group: ShapedGroup, rows: readonly (readonly number[])[]): GroupAdvantages {
  return assemble(group, 'turn', rows);
}

function assemble(
  group: ShapedGroup,
  level: 'turn' | 'trajectory',
  rows: readonly (readonly number[])[],
): GroupAdvantages {
  const turns: readonly number[][] = group.shaped.map(({ turns }) => turns.map(() => 0));
  scoredMembers(group.shaped).forEach((index, member) => {
    // Adding zero turns a negative zero into the zero that everybody expects to compare with.
    rows[member]?.forEach((value, turn) => {
      const row = turns[index];
      if (row) row[turn] = value + 0;
    });
  });
  const learns = turns.some((row) => row.some((value) => value !== 0));
  return { composition: groupComposition(group), level: learns ? level : 'none', turns };
}
