import { answerScore } from '@turnwise/core';
import type { Trajectory, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import type { OutcomeOptions } from './options.js';

/**
 * The score of the final answer, in [0, 1], broadcast to every turn:
 *
 *     o_i = max over aliases of score(answer_i, alias),   r(i, k) = o_i for all k
 *
 * No answer scores 0. A trajectory that infrastructure ended abstains (outcome `null`, turn rewards 0).
 * Source: Search-R1 (arXiv 2503.09516), there with exact match.
 */
export function outcomeReward(group: TrajectoryGroup, options: OutcomeOptions): TurnRewards[] {
  return group.trajectories.map((trajectory) => rewardOf(trajectory, group.question.answers, options));
}

function rewardOf(trajectory: Trajectory, answers: readonly string[], options: OutcomeOptions): TurnRewards {
  const { turns, answer, failure } = trajectory;
  const answered = answer !== null;
  if (failure !== undefined) {
    const reason = `abstains: ${failure.code} ended the trajectory`;
    return { outcome: null, correct: false, answered, turns: turns.map(() => 0), reasons: turns.map(() => reason) };
  }
  const outcome = answerScore(options.metric, answer, answers);
  const reason = answered ? `${outcome}: the final answer's ${options.metric}` : '0: no answer was given';
  return {
    outcome,
    correct: outcome >= options.threshold,
    answered,
    turns: turns.map(() => outcome),
    reasons: turns.map(() => reason),
  };
}
