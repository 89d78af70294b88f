import type { Composition, ShapedGroup, TurnRewards } from '../contract/index.js';

/** The members of a group that did not abstain, by index: the only ones that enter statistics and composition. */
export function scoredMembers(shaped: readonly TurnRewards[]): number[] {
  const members: number[] = [];
  shaped.forEach((rewards, index) => {
    if (rewards.outcome !== null) members.push(index);
  });
  return members;
}

/**
 * Whether nobody, some or everybody in the group is right. Abstaining members do not count; a group in which all
 * abstain is `all-wrong`, as nobody in it is right.
 */
export function groupComposition(group: Pick<ShapedGroup, 'shaped'>): Composition {
  const members = scoredMembers(group.shaped);
  const correct = members.filter((index) => group.shaped[index]?.correct).length;
  if (correct === 0) return 'all-wrong';
  return correct === members.length ? 'all-correct' : 'mixed';
}
