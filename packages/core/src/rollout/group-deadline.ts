import type { Trajectory } from '../contract/index.js';
import type { RolloutOptions } from './rollout-options.js';

/** The time a group may take. */
export interface GroupDeadline {
  /** Starts the clock with the group's first trajectory; the signal is aborted when time is up. `null`: no limit. */
  start(): AbortSignal | null;
  hasPassed(): boolean;
}

export function groupDeadline({ groupTimeoutSeconds = null }: RolloutOptions): GroupDeadline {
  let signal: AbortSignal | null = null;
  return {
    start: () => {
      if (groupTimeoutSeconds !== null) signal ??= AbortSignal.timeout(groupTimeoutSeconds * 1000);
      return signal;
    },
    hasPassed: () => signal?.aborted === true,
  };
}

/**
 * A group that ran out of time. Its unfinished trajectories have failed already; with `drop`, or when fewer than two
 * finished and nothing can be compared, the finished ones are left out too.
 */
export function partialGroup(
  trajectories: readonly Trajectory[],
  { partialGroups = 'keep', groupTimeoutSeconds }: RolloutOptions,
): Trajectory[] {
  const finished = trajectories.filter(({ failure }) => failure === undefined).length;
  if (finished === trajectories.length || (partialGroups === 'keep' && finished >= 2)) return [...trajectories];
  const message = `dropped with its group, which took longer than ${groupTimeoutSeconds} s`;
  return trajectories.map((trajectory) =>
    trajectory.failure === undefined ? { ...trajectory, failure: { code: 'ROLLOUT_TIMEOUT', message } } : trajectory,
  );
}
