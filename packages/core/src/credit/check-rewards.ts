import type { TrajectoryGroup, TurnRewards } from '../contract/index.js';
import { TurnwiseError, type ErrorCode } from '../errors/index.js';
import { listLength } from './list-length.js';

const finite =
  'Guard divisions and logarithms; for a trajectory that cannot be judged return outcome: null and rewards of 0.';

/** Refuses what a reward plugin must not return: nothing is padded, cut or replaced by zero. */
export function checkTurnRewards(name: string, group: TrajectoryGroup, rewards: readonly TurnRewards[]): void {
  const { question, trajectories } = group;
  const refuse = (code: ErrorCode, place: string, problem: string, hint: string = finite): TurnwiseError =>
    new TurnwiseError(code, `reward ${name}: question ${question.id}${place}: ${problem}`, {
      where: `reward ${name}`,
      hint,
    });

  if (listLength(rewards) !== trajectories.length) {
    const returned = listLength(rewards) === null ? typeof rewards : `rewards for ${listLength(rewards)}`;
    throw refuse(
      'CONTRACT_REWARD_LENGTH',
      '',
      `returned ${returned}, the group has ${trajectories.length} trajectories`,
      'shape() returns one entry for each trajectory, in their order: group.trajectories.map(...).',
    );
  }
  trajectories.forEach((trajectory, index) => {
    const reward = rewards[index];
    const place = `, trajectory ${trajectory.id}`;
    if (!reward || listLength(reward.turns) !== trajectory.turns.length) {
      const returned =
        listLength(reward?.turns) === null ? 'no turn rewards' : `${listLength(reward?.turns)} turn rewards`;
      throw refuse(
        'CONTRACT_REWARD_LENGTH',
        place,
        `returned ${returned} for ${trajectory.turns.length} turns`,
        'Return one reward for each turn, in their order: turns: trajectory.turns.map(...).',
      );
    }
    if (reward.outcome !== null && !Number.isFinite(reward.outcome)) {
      throw refuse(
        'CONTRACT_REWARD_NOT_FINITE',
        place,
        `outcome is ${String(reward.outcome)}, not a finite number or null`,
      );
    }
    if (typeof reward.correct !== 'boolean') {
      throw refuse(
        'CONTRACT_REWARD_FAILED',
        place,
        `correct is ${String(reward.correct)}, not true or false`,
        'Return correct: a boolean for every trajectory.',
      );
    }
    reward.turns.forEach((value: unknown, turn) => {
      if (Number.isFinite(value)) return;
      throw refuse(
        'CONTRACT_REWARD_NOT_FINITE',
        `${place}, turn ${turn}`,
        `reward is ${String(value)}, not a finite number`,
      );
    });
    for (const [component, value] of Object.entries(reward.components ?? {})) {
      if (Number.isFinite(value)) continue;
      throw refuse(
        'CONTRACT_REWARD_NOT_FINITE',
        place,
        `component ${component} is ${String(value)}, not a finite number`,
      );
    }
  });
}
