import type { Question, TrajectoryGroup } from '../contract/index.js';
import { groupDeadline, partialGroup } from './group-deadline.js';
import type { RolloutOptions } from './rollout-options.js';
import { runTrajectory, type RolloutParts } from './run-trajectory.js';
import { TrajectorySlots } from './trajectory-slots.js';

export type { RolloutLimits, RolloutOptions } from './rollout-options.js';

export interface RolloutRequest {
  readonly questions: readonly Question[];
  readonly runSeed: number;
  readonly purpose: 'train' | 'evaluation';
  readonly step: number;
  readonly options: RolloutOptions;
  readonly signal: AbortSignal;
  /** Called after each finished trajectory. */
  readonly onTrajectory?: (done: number, total: number) => void;
  /** Slots shared with the rollouts of other steps. Default: `options.concurrency` of its own. */
  readonly slots?: TrajectorySlots;
}

/**
 * Samples `groupSize` trajectories for each question, at most `concurrency` at once. Groups come back in the order of
 * the questions and trajectories in the order of their index, however the tasks interleave.
 */
export async function rolloutGroups(parts: RolloutParts, request: RolloutRequest): Promise<TrajectoryGroup[]> {
  const { questions, options, signal, slots = new TrajectorySlots(options.concurrency) } = request;
  const total = questions.length * options.groupSize;
  let done = 0;
  return Promise.all(
    questions.map(async (question) => {
      const deadline = groupDeadline(options);
      const trajectories = await Promise.all(
        Array.from({ length: options.groupSize }, (_, rollout) =>
          slots.run(request.step, async () => {
            signal.throwIfAborted();
            const { runSeed, purpose, step } = request;
            const identity = { runSeed, purpose, step, question, rollout };
            const trajectory = await runTrajectory(parts, identity, options, signal, deadline.start());
            request.onTrajectory?.(++done, total);
            return trajectory;
          }),
        ),
      );
      return { question, trajectories: deadline.hasPassed() ? partialGroup(trajectories, options) : trajectories };
    }),
  );
}
