import { defineReward, exactMatch, normalizeAnswer, type Trajectory, type TurnRewards } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  alpha: z.number().min(0).lt(1).default(0.5).describe('Paid to a wrong trajectory that retrieved gold, in [0, 1).'),
});

/**
 * The First-Occurrence Latent Reward (arXiv 2601.22776) as an outsider would write it. A right answer is paid 1 on every
 * turn. A wrong answer is paid alpha on each turn up to the first whose search brought a gold answer, and 0 afterwards.
 * A trajectory that gave no answer is paid nothing.
 */
export default defineReward({
  apiVersion: 2,
  id: 'first-occurrence',
  version: '0.1.0',
  options,
  provides: ['reward.turns', 'reward.first-occurrence'],
  create: (_context, { alpha }) => ({
    shape: ({ question, trajectories }) => {
      const golds = question.answers
        .map(comparable)
        .filter((gold) => gold.length > 1 && !/^(yes|no|noanswer)$/.test(gold));
      return trajectories.map((trajectory): TurnRewards => {
        const { turns, answer, failure } = trajectory;
        const answered = answer !== null;
        const correct = failure === undefined && answered && exactMatch(answer, question.answers) === 1;
        const first = firstSeen(trajectory, golds);
        const paid = (turn: number): number => (correct ? 1 : answered && turn <= first ? alpha : 0);
        return {
          outcome: failure === undefined ? (correct ? 1 : 0) : null,
          correct,
          answered,
          firstOccurrence: first === -1 ? null : first,
          turns: turns.map((_, turn) => (failure === undefined ? paid(turn) : 0)),
        };
      });
    },
  }),
});

const comparable = (text: string): string => normalizeAnswer(text.normalize('NFC'));

/** The first turn whose observation, as the policy read it, holds a gold answer; -1 when none does. */
function firstSeen({ turns }: Trajectory, golds: readonly string[]): number {
  return turns.findIndex(({ observation }) => {
    if (observation?.status !== 'ok') return false;
    const text = comparable(observation.text);
    return golds.some((gold) => text.includes(gold));
  });
}
