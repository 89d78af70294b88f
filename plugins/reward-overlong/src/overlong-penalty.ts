import type { Trajectory, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import type { OverlongOptions } from './options.js';

/**
 * A penalty that grows linearly over the last `bufferTokens` before `maxTokens`, the same on every turn. With n the policy
 * tokens of the trajectory:
 *
 *     r = min(0, -(n - (maxTokens - bufferTokens)) / bufferTokens x factor)
 *
 * To be added to another reward: it calls nothing right. Trajectories without tokens get 0.
 *
 * Source: DAPO (arXiv 2503.14476), soft overlong punishment; verl `workers/reward_manager/dapo.py`.
 */
export function overlongPenalty(group: TrajectoryGroup, options: OverlongOptions): TurnRewards[] {
  return group.trajectories.map((trajectory): TurnRewards => {
    const { turns, answer, failure } = trajectory;
    const tokens = policyTokens(trajectory);
    const excess = tokens - (options.maxTokens - options.bufferTokens);
    const penalty = excess > 0 ? -(excess / options.bufferTokens) * options.factor : 0;
    return {
      outcome: failure === undefined ? penalty : null,
      correct: false,
      answered: answer !== null,
      turns: turns.map(() => (failure === undefined ? penalty : 0)),
      reasons: turns.map(() => (penalty === 0 ? null : `${penalty}: ${tokens} policy tokens`)),
    };
  });
}

function policyTokens({ turns }: Trajectory): number {
  return turns.reduce((sum, { output }) => sum + output.tokenIds.length, 0);
}
