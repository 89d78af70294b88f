import type { ShapedGroup, Trajectory, Turn, TurnRewards } from '@turnwise/core';
import type { RewardRow } from './credit-request.js';
import { HttpFailure } from './http-failure.js';

/** Groups made of rows, and for each row where its trajectory stands. */
export interface GroupedRows {
  readonly groups: readonly ShapedGroup[];
  readonly places: readonly { readonly group: number; readonly member: number }[];
}

/**
 * Puts rows of numbers together into groups, in the order in which their first row came. There are no texts: an
 * estimator that asks for one is stopped by a 422 instead of being told that all texts are alike.
 */
export function groupRows(rows: readonly RewardRow[]): GroupedRows {
  const grouped = new Map<string, { index: number; trajectories: Trajectory[]; shaped: TurnRewards[] }>();
  const places = rows.map((row) => {
    const entry = grouped.get(row.group) ?? { index: grouped.size, trajectories: [], shaped: [] };
    grouped.set(row.group, entry);
    const member = entry.trajectories.length;
    entry.trajectories.push(textlessTrajectory(`${row.group}/${member}`, row.turns.length));
    entry.shaped.push(rewardsOf(row));
    return { group: entry.index, member };
  });
  const groups = [...grouped].map(([id, { trajectories, shaped }]) => ({
    question: { id, text: '', answers: [] },
    trajectories,
    shaped,
  }));
  return { groups, places };
}

function rewardsOf({ turns, outcome, correct, answered }: RewardRow): TurnRewards {
  const reward = outcome === undefined ? (turns.at(-1) ?? 0) : outcome;
  return {
    outcome: reward,
    correct: correct ?? (reward !== null && reward >= 1),
    turns,
    ...(answered === undefined ? {} : { answered }),
  };
}

function textlessTrajectory(id: string, turns: number): Trajectory {
  return {
    id,
    turns: Array.from({ length: turns }, () => textlessTurn),
    answer: null,
    stopReason: 'answered',
  };
}

/** Not enumerable: what walks over the data finds an empty object, what reads a field by name is stopped. */
const textlessTurn = Object.defineProperties(
  {},
  Object.fromEntries(
    ['output', 'action', 'observation'].map((field) => [
      field,
      {
        enumerable: false,
        get: (): never => {
          throw new HttpFailure(
            422,
            `This strategy reads the ${field} of a turn, and rows are numbers alone. Send {"groups": [...]}.`,
          );
        },
      },
    ]),
  ),
) as Turn;
