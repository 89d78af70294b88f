import { scoredOutcomes, standardize, trajectoryLevelAdvantages } from '@turnwise/core';
import type { GroupAdvantages, ShapedGroup } from '@turnwise/core';
import type { GrpoOptions } from './options.js';

/**
 * Group-relative advantages of the outcome, the same on every turn of a trajectory. With o the outcomes of the members
 * that did not abstain:
 *
 *     A(i, k) = (o_i - mean o) / (sd o + epsilon)
 *
 * Without the division this is Dr.GRPO, and with `leave-one-out` besides it is RLOO, n/(n-1) times as large. Flat
 * groups are exactly zero; abstaining members get zero and enter no statistic. The turn rewards are not looked at.
 *
 * Source: GRPO, arXiv 2402.03300, section 4.1.2; verl `compute_grpo_outcome_advantage` and
 * `compute_rloo_outcome_advantage`; TRL `grpo_trainer.py`.
 */
export function grpoAdvantages(groups: readonly ShapedGroup[], options: GrpoOptions): GroupAdvantages[] {
  return groups.map((group) => {
    const outcomes = scoredOutcomes(group);
    const values = outcomes.length === 1 ? singleton(outcomes, options) : standardize(outcomes, options);
    return trajectoryLevelAdvantages(group, values);
  });
}

/** verl takes mean 0 and standard deviation 1 for a group of one. */
function singleton(outcomes: readonly number[], options: GrpoOptions): number[] {
  if (options.singleton === 'zero') return [0];
  const divisor = options.divideByStandardDeviation ? 1 + options.epsilon : 1;
  return outcomes.map((outcome) => outcome / divisor);
}
