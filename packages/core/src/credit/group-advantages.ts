import type { GroupAdvantages, ShapedGroup, TurnRewards } from '../contract/index.js';
import { groupComposition } from './composition.js';

/** The rewards of the members that did not abstain, in the order of the group. */
export function scoredRewards(group: ShapedGroup): TurnRewards[] {
  const scored: TurnRewards[] = [];
  for (const rewards of group.shaped) if (rewards.outcome !== null) scored.push(rewards);
  return scored;
}

/** The outcomes of the members that did not abstain, in the order of the group. */
export function scoredOutcomes(group: ShapedGroup): number[] {
  const outcomes: number[] = [];
  for (const { outcome } of group.shaped) if (outcome !== null) outcomes.push(outcome);
  return outcomes;
}

/**
 * One value per scored member, copied to all its turns; abstaining members get zero.
 *
 * @param values in the order of {@link scoredOutcomes}
 */
export function trajectoryLevelAdvantages(group: ShapedGroup, values: readonly number[]): GroupAdvantages {
  return assemble(group, 'trajectory', (member) => values[member] ?? 0);
}

/**
 * One value per turn of each scored member; abstaining members get zero.
 *
 * @param rows `[scored member][turn]`, in the order of {@link scoredRewards}
 */
export function turnLevelAdvantages(group: ShapedGroup, rows: readonly (readonly number[])[]): GroupAdvantages {
  return assemble(group, 'turn', (member, turn) => rows[member]?.[turn] ?? 0);
}

/** Plain loops: a batch has tens of thousands of turns, and this is most of what crediting them costs. */
function assemble(
  group: ShapedGroup,
  level: 'turn' | 'trajectory',
  valueOf: (member: number, turn: number) => number,
): GroupAdvantages {
  const rows: number[][] = [];
  let member = 0;
  let learns = false;
  for (const { outcome, turns } of group.shaped) {
    const row: number[] = [];
    for (let turn = 0; turn < turns.length; turn++) {
      // Adding zero turns a negative zero into the zero that everybody expects to compare with.
      const value = outcome === null ? 0 : valueOf(member, turn) + 0;
      if (value !== 0) learns = true;
      row.push(value);
    }
    rows.push(row);
    if (outcome !== null) member++;
  }
  return { composition: groupComposition(group), level: learns ? level : 'none', turns: rows };
}
