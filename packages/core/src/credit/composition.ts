import type { Composition, ShapedGroup, TurnRewards } from '../contract/index.js';

/** The members of a group that did not abstain, by index: the only ones that enter statistics and composition. */
export function scoredMembers(shaped: readonly TurnRewards[]): number[] {
  const members: number[] = [];
  for (let index = 0; index < shaped.length; index++) {
    if (shaped[index]?.outcome !== null) members.push(index);
  }
  return members;
}

/**
 * Whether nobody, some or everybody in the group is right. Abstaining members do not count; a group in which all
 * abstain is `all-wrong`, as nobody in it is right.
 */
export function groupComposition(group: Pick<ShapedGroup, 'shaped'>): Composition {
  let scored = 0;
  let correct = 0;
  for (const rewards of group.shaped) {
    if (rewards.outcome === null) continue;
    scored++;
    if (rewards.correct) correct++;
  }
  if (correct === 0) return 'all-wrong';
  return correct === scored ? 'all-correct' : 'mixed';
}
