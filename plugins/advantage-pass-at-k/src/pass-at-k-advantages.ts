import { isFlat, scoredOutcomes, standardDeviation, trajectoryLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { PassAtKOptions } from './options.js';

/**
 * Credits only the best trajectory of a group, by how much it adds to the best of the group:
 *
 *     A(best, k) = (o_best - o_second) / (sd o + epsilon),   0 for all others
 *
 * Groups whose best is shared, flat groups and groups of one are zero. Rewards finding an answer at all (pass@k with k
 * the group size) and not finding it often.
 *
 * Source: arXiv 2503.19595; verl `compute_grpo_passk_outcome_advantage`.
 */
export function passAtKAdvantages(groups: readonly ShapedGroup[], options: PassAtKOptions): GroupAdvantages[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const [best, second] = [...outcomes].sort((left, right) => right - left);
    if (best === undefined || second === undefined || isFlat(outcomes)) return trajectoryLevelAdvantages(group, []);
    const divisor = options.divideByStandardDeviation ? standardDeviation(outcomes, options.ddof) + options.epsilon : 1;
    const winner = outcomes.indexOf(best);
    return trajectoryLevelAdvantages(
      group,
      outcomes.map((_, member) => (member === winner ? (best - second) / divisor : 0)),
    );
  });
}
