import type { GroupAdvantages, Question, Trajectory, TurnRewards } from '@turnwise/core';

/** A line of a step's file of groups, as it was recorded. */
export interface RecordedGroupLine {
  readonly step: number;
  readonly question: Question;
  readonly trajectories: readonly Trajectory[];
  readonly shaped: readonly TurnRewards[];
  readonly advantages: GroupAdvantages;
  /** Why it was not trained on; absent: it was. */
  readonly leftOut?: string;
}
