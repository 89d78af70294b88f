import type { Trajectory, TurnRewards } from '@turnwise/core';
import type { RecordedGroupLine } from '../data/group-line.js';
import { goldRanges } from '../text/gold-ranges.js';

/**
 * For each trajectory the turn whose observation first held gold, or `null`: what the reward said, and where it said
 * nothing (GRPO never looks) the text itself.
 */
export function firstGoldTurns({ question, trajectories, shaped }: RecordedGroupLine): (number | null)[] {
  return trajectories.map((trajectory, index) => {
    const reported = shaped[index]?.firstOccurrence;
    return reported === undefined ? searched(trajectory, question.answers) : reported;
  });
}

function searched({ turns }: Trajectory, answers: readonly string[]): number | null {
  const turn = turns.findIndex(
    ({ observation }) => observation?.status === 'ok' && goldRanges(observation.text, answers).length > 0,
  );
  return turn === -1 ? null : turn;
}

/** Whether a trajectory is wrong although it had seen gold; one that abstains is neither. */
export const nearMissed = (rewards: TurnRewards | undefined, gold: number | null): boolean =>
  typeof rewards?.outcome === 'number' && !rewards.correct && gold !== null;
