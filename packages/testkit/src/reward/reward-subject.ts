import type { RewardShaper, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import { demand } from '../rule.js';
import { shown } from '../same-value.js';
import type { Subject } from '../subject.js';

/** What an author claims of a reward beyond the contract. */
export interface RewardClaims {
  /** It never looks at the gold answers. Default false. */
  readonly goldFree?: boolean;
}

export interface RewardSubject extends Subject<'reward'> {
  readonly groups: readonly TrajectoryGroup[];
  readonly claims: RewardClaims;
}

/** Calls a reward as the core does, with a copy of the group. */
export async function shape(shaper: RewardShaper, group: TrajectoryGroup): Promise<readonly TurnRewards[]> {
  return shaper.shape(structuredClone(group), { signal: new AbortController().signal, step: 1 });
}

/** Plain JavaScript may return anything. */
const isList = (value: unknown): boolean => Array.isArray(value);

/** One list of rewards a trajectory, one number a turn. */
export function demandLengths(group: TrajectoryGroup, rewards: readonly TurnRewards[]): void {
  demand(
    isList(rewards) && rewards.length === group.trajectories.length,
    () => `shape() returned ${shown(rewards)} for ${group.trajectories.length} trajectories`,
    'return one entry for each trajectory, in their order',
  );
  group.trajectories.forEach(({ id, turns }, index) => {
    const given: unknown = rewards[index]?.turns;
    demand(
      Array.isArray(given) && given.length === turns.length,
      () => `${id} has ${turns.length} turns and got the rewards ${shown(given)}`,
      'return one number for each turn, none for none',
    );
  });
}

/** No NaN, no infinity; an outcome may abstain with null. */
export function demandNumbers(group: TrajectoryGroup, rewards: readonly TurnRewards[]): void {
  rewards.forEach((reward, index) => {
    const id = group.trajectories[index]?.id;
    demand(
      reward.outcome === null || Number.isFinite(reward.outcome),
      () => `the outcome of ${id} is ${shown(reward.outcome)}`,
      'return a finite number, or null to abstain',
    );
    const bad = reward.turns.findIndex((value) => !Number.isFinite(value));
    demand(
      bad < 0,
      () => `turn ${bad} of ${id} got ${shown(reward.turns[bad])}`,
      'return finite numbers; mind divisions by zero and means of nothing',
    );
    for (const [name, value] of Object.entries(reward.components ?? {})) {
      demand(Number.isFinite(value), () => `component ${name} of ${id} is ${shown(value)}`, 'return finite numbers');
    }
  });
}
