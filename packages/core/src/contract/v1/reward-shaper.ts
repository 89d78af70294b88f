import type { TrajectoryGroup } from './trajectory.js';

/** The reward of one trajectory, turn by turn. */
export interface TurnRewards {
  /** The trajectory's outcome reward; `null` abstains: excluded from every statistic, advantage zero. */
  readonly outcome: number | null;
  /** Whether the answer counts as right; decides the composition of the group. */
  readonly correct: boolean;
  /** One reward a turn; length equals the number of turns. */
  readonly turns: readonly number[];
  /** FOLR: the 0-based turn whose observation first held a gold answer; `null` when none did. */
  readonly firstOccurrence?: number | null;
  /** Whether the trajectory gave an answer. Estimators read it to withhold credit from unanswered trajectories. */
  readonly answered?: boolean;
  /** In words, why each turn got what it got. */
  readonly reasons?: readonly (string | null)[];
  /** Named parts that were added up, recorded apart. */
  readonly components?: Readonly<Record<string, number>>;
}

/**
 * Interface 1 of rewards: group in, one {@link TurnRewards} per trajectory out, in order. Plugins written for it go on
 * working; new ones are written for interface 2, which also says which step it is.
 */
export interface RewardShaperV1 {
  shape(group: TrajectoryGroup, signal: AbortSignal): Promise<readonly TurnRewards[]> | readonly TurnRewards[];
}

/** A group with its rewards. */
export interface ShapedGroup extends TrajectoryGroup {
  readonly shaped: readonly TurnRewards[];
}
