import type { ShapedGroup, TrajectoryGroup } from '../contract/index.js';
import { shapeGroups, type WeightedShaper } from '../credit/index.js';
import { TurnwiseError } from '../errors/index.js';

/** When a question is set aside. */
export interface Quarantine {
  /** Visits in a row that went wrong. */
  readonly strikes: number;
  /** A group went wrong when at least this share of its trajectories failed, or ran out of context or time. */
  readonly share: number;
  /** Share of the training questions; when more are set aside the run ends. */
  readonly most: number;
}

/** A group, and what its reward failed with. */
export interface ScoredGroup {
  readonly group: ShapedGroup;
  readonly fault: string | null;
}

/**
 * Scores groups one by one, so that a reward that fails on one question (throws, NaN, a wrong length) costs that group
 * alone: its trajectories abstain. When it fails on more than half of the groups, the reward is broken and not the
 * questions, and the first failure ends the run as it does without quarantine.
 */
export async function shapeEach(
  groups: readonly TrajectoryGroup[],
  shapers: readonly WeightedShaper[],
  signal: AbortSignal,
  step: number | null,
): Promise<ScoredGroup[]> {
  const failures: TurnwiseError[] = [];
  const scored = await Promise.all(
    groups.map(async (group): Promise<ScoredGroup> => {
      try {
        const [shaped] = await shapeGroups([group], shapers, signal, step);
        return { group: shaped as ShapedGroup, fault: null };
      } catch (error) {
        if (!TurnwiseError.is(error) || !error.code.startsWith('CONTRACT_REWARD_')) throw error;
        failures.push(error);
        return { group: abstaining(group), fault: `${error.code}: ${error.message}` };
      }
    }),
  );
  if (failures.length * 2 > groups.length) throw failures[0] as TurnwiseError;
  return scored;
}

function abstaining(group: TrajectoryGroup): ShapedGroup {
  const shaped = group.trajectories.map(({ turns }) => ({ outcome: null, correct: false, turns: turns.map(() => 0) }));
  return { ...group, shaped };
}

/** What went wrong in a group's rollouts; `null` for nothing. */
export function rolloutFault({ trajectories }: TrajectoryGroup, share: number): string | null {
  const atLeast = (count: number): boolean => count > 0 && count >= share * trajectories.length;
  const late = trajectories.filter(
    ({ failure, stopReason }) => failure?.code === 'ROLLOUT_TIMEOUT' || stopReason === 'context-limit',
  );
  if (atLeast(late.length)) return `${late.length} of ${trajectories.length} ran out of context or time`;
  const failed = trajectories.filter(({ failure }) => failure !== undefined);
  if (!atLeast(failed.length)) return null;
  const first = failed[0]?.failure;
  return `${failed.length} of ${trajectories.length} failed: ${first?.code} ${first?.message}`;
}
