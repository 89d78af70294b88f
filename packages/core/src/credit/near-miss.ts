import type { ShapedGroup } from '../contract/index.js';
import { goldMatcher } from '../text/index.js';
import { findFirstOccurrence } from './first-occurrence.js';

/**
 * For each trajectory, the turn whose observation first held a gold answer, or `null`. What the reward plugin reported
 * counts; where it reports nothing the text is searched with the default matching and guards, so that strategies that
 * never look at observations (GRPO) can be told apart by the same figure.
 */
export function firstOccurrences(group: ShapedGroup): (number | null)[] {
  const matcher = goldMatcher(group.question);
  return group.trajectories.map((trajectory, index) => {
    const reported = group.shaped[index]?.firstOccurrence;
    return reported === undefined ? (findFirstOccurrence(trajectory, matcher)?.turn ?? null) : reported;
  });
}

/** For each trajectory, whether it is a near-miss: scored, wrong, and a gold answer stood in one of its observations. */
export function nearMisses(group: ShapedGroup): boolean[] {
  return firstOccurrences(group).map((turn, index) => {
    const rewards = group.shaped[index];
    return typeof rewards?.outcome === 'number' && !rewards.correct && turn !== null;
  });
}
