import type { Question, Trajectory, TrajectoryGroup } from '../contract/index.js';
import type { RolloutOptions } from './rollout-options.js';
import { runTrajectory, type RolloutParts } from './run-trajectory.js';

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
}

/**
 * Samples `groupSize` trajectories for each question, at most `concurrency` at once. Groups come back in the order of
 * the questions and trajectories in the order of their index, however the tasks interleave.
 */
export async function rolloutGroups(parts: RolloutParts, request: RolloutRequest): Promise<TrajectoryGroup[]> {
  const { questions, options, signal } = request;
  const groups = questions.map((question) => ({ question, trajectories: new Array<Trajectory>(options.groupSize) }));
  const tasks = groups.flatMap((group) =>
    Array.from({ length: options.groupSize }, (_, rollout) => async () => {
      const { question } = group;
      const identity = { runSeed: request.runSeed, purpose: request.purpose, step: request.step, question, rollout };
      group.trajectories[rollout] = await runTrajectory(parts, identity, options, signal);
    }),
  );
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      signal.throwIfAborted();
      await task();
      request.onTrajectory?.(++done, tasks.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, tasks.length) }, worker));
  return groups;
}
