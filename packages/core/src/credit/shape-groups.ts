import type { RewardOccasion, RewardShaper, ShapedGroup, TrajectoryGroup, TurnRewards } from '../contract/index.js';
import { TurnwiseError, type ErrorCode } from '../errors/index.js';
import { checkTurnRewards } from './check-rewards.js';
import { combineRewards } from './combine-rewards.js';
import { guardInput } from './input-guard.js';

/** A reward shaper as the configuration asks for it. */
export interface WeightedShaper {
  /** The plugin's id, for messages and for the names of `components`. */
  readonly name: string;
  readonly shaper: RewardShaper;
  /** Factor of its rewards, any finite number. */
  readonly weight: number;
}

/**
 * Scores groups with one or several shapers; several are added up by weight, and the first of them decides what is
 * right. Groups are shaped concurrently, and a plugin that breaks its contract stops everything before anything is
 * learned:
 *
 * @param step The training step, from 1; `null` outside training.
 * @throws CONTRACT_REWARD_FAILED when a shaper throws; an abort is passed on as it is
 * @throws CONTRACT_REWARD_TIMEOUT, CONTRACT_REWARD_WORKER_DIED when one that runs in a worker takes too long or ends it
 * @throws CONTRACT_REWARD_LENGTH when it returns another number of trajectories or turns
 * @throws CONTRACT_REWARD_NOT_FINITE when it returns NaN or an infinity
 * @throws CONTRACT_MUTATED_INPUT when it changes the group
 */
export async function shapeGroups(
  groups: readonly TrajectoryGroup[],
  shapers: readonly WeightedShaper[],
  signal: AbortSignal,
  step: number | null = null,
): Promise<ShapedGroup[]> {
  const occasion = { signal, step };
  return Promise.all(
    groups.map(async (group) => {
      const parts: (readonly TurnRewards[])[] = [];
      for (const shaper of shapers) parts.push(await shapeGroup(group, shaper, occasion));
      return { ...group, shaped: combineRewards(group, shapers, parts) };
    }),
  );
}

/** What the core says of a reward that runs in a worker, with all there is to say; not wrapped once more. */
const ofTheWorker: ReadonlySet<ErrorCode> = new Set([
  'CONTRACT_REWARD_TIMEOUT',
  'CONTRACT_REWARD_WORKER_DIED',
  'CONTRACT_STATE_INVALID',
]);

async function shapeGroup(
  group: TrajectoryGroup,
  { name, shaper }: WeightedShaper,
  occasion: RewardOccasion,
): Promise<readonly TurnRewards[]> {
  const guard = guardInput(group);
  let rewards: readonly TurnRewards[];
  try {
    rewards = await shaper.shape(group, occasion);
  } catch (cause) {
    if (occasion.signal.aborted) throw cause;
    if (guard.hasChanged()) throw changedInput(name, group, cause);
    if (TurnwiseError.is(cause) && ofTheWorker.has(cause.code)) throw cause;
    throw new TurnwiseError(
      'CONTRACT_REWARD_FAILED',
      `reward ${name} failed on question ${group.question.id}: ${messageOf(cause)}`,
      {
        where: `reward ${name}`,
        hint: 'shape() returns one { outcome, correct, turns } for each trajectory: mend what the cause below says.',
        cause,
      },
    );
  }
  if (guard.hasChanged()) throw changedInput(name, group);
  checkTurnRewards(name, group, rewards);
  return rewards;
}

function changedInput(name: string, group: TrajectoryGroup, cause?: unknown): TurnwiseError {
  return new TurnwiseError(
    'CONTRACT_MUTATED_INPUT',
    `reward ${name} changed the trajectories of question ${group.question.id}, which it may only read`,
    { where: `reward ${name}`, hint: 'copy before changing: structuredClone(group)', cause },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
