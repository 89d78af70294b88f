import type { TurnRewards } from '../v1/reward-shaper.js';
import type { TrajectoryGroup } from '../v1/trajectory.js';

/** On which occasion a group is scored. */
export interface RewardOccasion {
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** The training step the trajectories were sampled for, from 1; `null` outside training: a replay, a service. */
  readonly step: number | null;
}

/**
 * Interface 2 of rewards. Scores a group: group in, one {@link TurnRewards} per trajectory out, in order. Called for the
 * groups of a step at once. Beside interface 1 it knows the training step, so that a reward can fade in or out.
 */
export interface RewardShaper {
  shape(group: TrajectoryGroup, occasion: RewardOccasion): Promise<readonly TurnRewards[]> | readonly TurnRewards[];
}
