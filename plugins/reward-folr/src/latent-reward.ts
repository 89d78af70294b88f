import { answerScore, findFirstOccurrence, goldMatcher } from '@turnwise/core';
import type { GoldMatcher, Occurrence, Trajectory, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import type { FolrOptions } from './options.js';

/**
 * First-Occurrence Latent Reward of a group. With o_i the score of the final answer, z_i whether it counts as right,
 * t the first turn whose observation holds a gold answer:
 *
 *     z_i = 1:                       r(i, k) = o_i on every turn                (see `correctReward`)
 *     z_i = 0, gold seen at turn t:  r(i, k) = alpha for k = t, or for k <= t   (see `credit`)
 *     otherwise:                     r(i, k) = 0
 *
 * Only the first occurrence counts. A trajectory that infrastructure ended abstains. `firstOccurrence` is reported for
 * every trajectory, paid or not.
 *
 * Source: TSPO (arXiv 2601.22776), as far as its abstract goes; the rest is inferred, option by option.
 */
export function firstOccurrenceLatentReward(group: TrajectoryGroup, options: FolrOptions): TurnRewards[] {
  const matcher = goldMatcher(group.question, options.match, options.guards);
  return group.trajectories.map((trajectory) => rewardOf(trajectory, group, matcher, options));
}

function rewardOf(
  trajectory: Trajectory,
  group: TrajectoryGroup,
  matcher: GoldMatcher,
  options: FolrOptions,
): TurnRewards {
  const { turns, answer, failure } = trajectory;
  const answered = answer !== null;
  const occurrence = findFirstOccurrence(trajectory, matcher, { ...options, ignoreTitle: options.guards.ignoreTitle });
  const firstOccurrence = occurrence?.turn ?? null;
  const uniform = (reward: number, reason: string) => turns.map(() => ({ reward, reason }));
  const assemble = (outcome: number | null, correct: boolean, paid: readonly PaidTurn[]): TurnRewards => ({
    outcome,
    correct,
    answered,
    firstOccurrence,
    turns: paid.map(({ reward }) => reward),
    reasons: paid.map(({ reason }) => reason),
  });

  if (failure !== undefined) return assemble(null, false, uniform(0, `abstains: ${failure.code} ended the trajectory`));
  const outcome = answerScore(options.metric, answer, group.question.answers);
  if (outcome >= options.threshold) {
    return assemble(outcome, true, payCorrect(turns.length, outcome, firstOccurrence, options));
  }
  if (occurrence === null) return assemble(outcome, false, uniform(0, `0: ${wrong(answered)}, gold never seen`));
  if (options.requireAnswer && !answered) {
    const withheld = `0: gold seen in turn ${occurrence.turn}, but no answer was given`;
    return assemble(outcome, false, uniform(0, withheld));
  }
  return assemble(outcome, false, payLatent(turns.length, occurrence, answered, options));
}

interface PaidTurn {
  readonly reward: number;
  readonly reason: string;
}

function payCorrect(turns: number, outcome: number, firstOccurrence: number | null, options: FolrOptions): PaidTurn[] {
  const lastPaid = options.correctReward === 'from-first-occurrence' ? (firstOccurrence ?? turns - 1) : turns - 1;
  const firstPaid = options.correctReward === 'last-turn' ? turns - 1 : 0;
  return Array.from({ length: turns }, (_, turn) =>
    turn >= firstPaid && turn <= lastPaid
      ? { reward: outcome, reason: `${outcome}: the answer is right` }
      : { reward: 0, reason: `0: the answer is right, paid elsewhere (${options.correctReward})` },
  );
}

function payLatent(turns: number, occurrence: Occurrence, answered: boolean, options: FolrOptions): PaidTurn[] {
  const { alpha, credit } = options;
  const seen = `gold "${occurrence.answer}" first seen in turn ${occurrence.turn}`;
  return Array.from({ length: turns }, (_, turn) => {
    const distance = occurrence.turn - turn;
    if (distance < 0) return { reward: 0, reason: `0: ${wrong(answered)}, after ${seen}` };
    if (distance === 0) return { reward: alpha, reason: `${alpha}: ${wrong(answered)}, but ${seen}` };
    if (credit === 'at') return { reward: 0, reason: `0: ${wrong(answered)}, before ${seen}` };
    const reward = credit === 'decay' ? alpha * options.decay ** distance : alpha;
    return { reward, reason: `${reward}: ${wrong(answered)}, but leads to ${seen}` };
  });
}

function wrong(answered: boolean): string {
  return answered ? 'the answer is wrong' : 'no answer';
}
