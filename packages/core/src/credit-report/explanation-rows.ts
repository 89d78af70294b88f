import type { ShapedGroup } from '../contract/index.js';
import { scoredMembers } from '../credit/index.js';

/** Texts of the scored members at their places in the group; abstaining members say so on every turn. */
export function explanationRows(
  group: ShapedGroup,
  rows: readonly (readonly (string | null)[])[],
): (string | null)[][] {
  const places = new Map(scoredMembers(group.shaped).map((index, member) => [index, member]));
  return group.shaped.map(({ turns }, index) => {
    const member = places.get(index);
    if (member === undefined) return turns.map(() => '0: abstains, and enters no statistic');
    return turns.map((_, turn) => rows[member]?.[turn] ?? null);
  });
}
