import { mean, scoredOutcomes, trajectoryLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { OutcomeAdvantageOptions } from './options.js';

/**
 * The outcome itself as advantage of every turn: A(i, k) = o_i - b, with b = 0 or the mean outcome of the batch.
 * This is REINFORCE (Williams, 1992), with b = 0 unbiased and noisy; with binary outcomes it learns from right
 * trajectories only. The batch mean includes the trajectory itself, which shrinks the expected gradient by 1 - 1/N for
 * N trajectories. Abstaining members get zero.
 */
export function outcomeAdvantages(groups: readonly ShapedGroup[], options: OutcomeAdvantageOptions): GroupAdvantages[] {
  const baseline = options.baseline === 'batch-mean' ? mean(groups.flatMap(scoredOutcomes)) : 0;
  return groups.map((group) =>
    trajectoryLevelAdvantages(
      group,
      scoredOutcomes(group).map((outcome) => outcome - baseline),
    ),
  );
}
