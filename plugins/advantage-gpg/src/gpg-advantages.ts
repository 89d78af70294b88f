import { isFlat, mean, scoredOutcomes, trajectoryLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { GpgOptions } from './options.js';

/**
 * Outcome minus the group mean, rescaled by how rare reward is in the batch, the same on every turn:
 *
 *     A(i, k) = alpha (o_i - mean o) / normalization,   alpha = N / max(1, number of outcomes other than 0)
 *
 * over the N scored trajectories of the batch. Flat groups and groups of one are exactly zero (verl gives a group of one
 * alpha times its reward). Meant for a loss without ratio and clip: objective `importance-sampling`, one update a batch.
 *
 * Source: GPG, arXiv 2504.02546; verl `compute_gpg_outcome_advantage`.
 */
export function gpgAdvantages(groups: readonly ShapedGroup[], options: GpgOptions): GroupAdvantages[] {
  const alpha = gpgScale(groups);
  return groups.map((group) => {
    const own = scoredOutcomes(group);
    if (isFlat(own)) return trajectoryLevelAdvantages(group, []);
    const baseline = mean(own);
    return trajectoryLevelAdvantages(
      group,
      own.map((outcome) => (alpha * (outcome - baseline)) / options.normalization),
    );
  });
}

/** alpha: scored trajectories of the batch for each one whose outcome is not 0. */
export function gpgScale(groups: readonly ShapedGroup[]): number {
  const outcomes = groups.flatMap(scoredOutcomes);
  return outcomes.length / Math.max(1, outcomes.filter((outcome) => outcome !== 0).length);
}
