import type { Question, Trajectory, TrajectoryGroup } from '../contract/index.js';
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
  /**
   * Called with each finished trajectory and what it answers, for callers that keep trajectories although the rollout
   * as a whole throws.
   */
  readonly onFinished?: (question: Question, trajectory: Trajectory) => void;
  /** Slots that rollouts of other steps share. Default: slots of its own, `options.concurrency` of them. */
  readonly slots?: TrajectorySlots;
}

/**
 * Samples `groupSize` trajectories for each question, at most `concurrency` at once. Groups come back in the order of
 * the questions and trajectories in the order of their index, however the tasks interleave. When a trajectory throws,
 * those under way are ended, because nobody would read what they cost, no further one is begun, and the error is thrown
 * once all have ended.
 */
export async function rolloutGroups(parts: RolloutParts, request: RolloutRequest): Promise<TrajectoryGroup[]> {
  const { questions, options, slots = new TrajectorySlots(options.concurrency) } = request;
  const total = questions.length * options.groupSize;
  const end = new AbortController();
  const signal = AbortSignal.any([request.signal, end.signal]);
  let done = 0;
  const groups = questions.map(async (question) => {
    const deadline = groupDeadline(options);
    const tasks = Array.from({ length: options.groupSize }, (_, index) =>
      slots.run(request.step, async () => {
        signal.throwIfAborted();
        const { runSeed, purpose, step } = request;
        const identity = { runSeed, purpose, step, question, index };
        try {
          const trajectory = await runTrajectory(parts, identity, options, signal, deadline.start());
          request.onFinished?.(question, trajectory);
          request.onTrajectory?.(++done, total);
          return trajectory;
        } catch (error) {
          // The others are ended before the slot is free for another trajectory.
          end.abort(error);
          throw error;
        }
      }),
    );
    const trajectories = await allOrNone(tasks);
    return { question, trajectories: deadline.hasPassed() ? partialGroup(trajectories, options) : trajectories };
  });
  return allOrNone(groups);
}

/** All results, or the first failure once all have ended. */
async function allOrNone<Result>(tasks: readonly Promise<Result>[]): Promise<Result[]> {
  try {
    return await Promise.all(tasks);
  } catch (error) {
    await Promise.allSettled(tasks);
    throw error;
  }
}
