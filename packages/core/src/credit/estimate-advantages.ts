import type { AdvantageEstimator, GroupAdvantages, ShapedGroup, TurnRewards } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { groupComposition } from './composition.js';
import { guardBatch } from './batch-guard.js';
import { listLength } from './list-length.js';

/** An advantage estimator with the plugin's id, for messages. */
export interface NamedEstimator {
  readonly name: string;
  readonly estimator: AdvantageEstimator;
}

const levels = new Set<unknown>(['turn', 'trajectory', 'none']);

type AdvantageCode = `CONTRACT_ADVANTAGE_${'FAILED' | 'LENGTH' | 'NOT_FINITE'}`;

const hints: Readonly<Record<AdvantageCode, string>> = {
  CONTRACT_ADVANTAGE_FAILED:
    'estimate() returns { composition, level, turns } for each group, and 0 where a trajectory abstains.',
  CONTRACT_ADVANTAGE_LENGTH:
    'One entry a group, in it one list a trajectory, in it one number a turn: groups.map(({ shaped }) => ({ ..., turns: shaped.map((rewards) => rewards.turns.map(...)) })).',
  CONTRACT_ADVANTAGE_NOT_FINITE: 'Guard divisions by a spread or a count of 0; a group that teaches nothing gets 0.',
};

/**
 * Calls the estimator and checks what it returns, before any weight moves.
 *
 * @throws CONTRACT_ADVANTAGE_FAILED when it throws, or names a composition that is not the group's or an unknown level
 * @throws CONTRACT_ADVANTAGE_LENGTH when groups, trajectories or turns are missing or too many
 * @throws CONTRACT_ADVANTAGE_NOT_FINITE when an advantage is NaN or infinite
 * @throws CONTRACT_MUTATED_INPUT when it changes the shaped groups
 */
export function estimateAdvantages(
  groups: readonly ShapedGroup[],
  { name, estimator }: NamedEstimator,
): readonly GroupAdvantages[] {
  const where = `advantage ${name}`;
  const guard = guardBatch(groups);
  const refuse = (code: AdvantageCode, problem: string, cause?: unknown): TurnwiseError =>
    guard.hasChanged()
      ? new TurnwiseError('CONTRACT_MUTATED_INPUT', `${where} changed the shaped groups, which it may only read`, {
          where,
          hint: 'copy before changing: structuredClone(groups)',
          cause,
        })
      : new TurnwiseError(code, `${where}${problem}`, { where, hint: hints[code], cause });

  let estimates: readonly GroupAdvantages[];
  try {
    estimates = estimator.estimate(groups);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refuse('CONTRACT_ADVANTAGE_FAILED', ` failed: ${message}`, cause);
  }
  if (listLength(estimates) !== groups.length) {
    const returned = listLength(estimates) === null ? typeof estimates : `${listLength(estimates)} groups`;
    throw refuse('CONTRACT_ADVANTAGE_LENGTH', ` returned ${returned} for ${groups.length} groups`);
  }
  groups.forEach((group, index) => {
    checkGroup(group, estimates[index], refuse);
  });
  if (guard.hasChanged()) throw refuse('CONTRACT_ADVANTAGE_FAILED', '');
  return estimates;
}

type Refuse = (code: AdvantageCode, problem: string) => TurnwiseError;

/** Plain loops without a closure or a text in them while all is well: this runs over every turn of every step. */
function checkGroup(group: ShapedGroup, estimate: GroupAdvantages | undefined, refuse: Refuse): void {
  const { shaped } = group;
  if (!estimate || listLength(estimate.turns) !== shaped.length) {
    const returned =
      listLength(estimate?.turns) === null ? 'no trajectories' : `${listLength(estimate?.turns)} trajectories`;
    throw refuse(
      'CONTRACT_ADVANTAGE_LENGTH',
      `${placeOf(group)}: returned ${returned}, the group has ${shaped.length}`,
    );
  }
  const composition = groupComposition(group);
  if (estimate.composition !== composition) {
    throw refuse(
      'CONTRACT_ADVANTAGE_FAILED',
      `${placeOf(group)}: calls the group ${estimate.composition}, it is ${composition}`,
    );
  }
  if (!levels.has(estimate.level)) {
    throw refuse(
      'CONTRACT_ADVANTAGE_FAILED',
      `${placeOf(group)}: level ${estimate.level} is none of turn, trajectory, none`,
    );
  }
  for (let member = 0; member < shaped.length; member++) {
    const rewards = shaped[member] as TurnRewards;
    const count = rewards.turns.length;
    const row: readonly unknown[] | undefined = estimate.turns[member];
    if (listLength(row) !== count || row === undefined) {
      const returned = listLength(row) === null ? 'no advantages' : `${listLength(row)} advantages`;
      throw refuse('CONTRACT_ADVANTAGE_LENGTH', `${placeOf(group, member)}: returned ${returned} for ${count} turns`);
    }
    for (let turn = 0; turn < count; turn++) {
      const value = row[turn];
      if (!Number.isFinite(value)) {
        throw refuse(
          'CONTRACT_ADVANTAGE_NOT_FINITE',
          `${placeOf(group, member)}, turn ${turn}: advantage is ${String(value)}, not a finite number`,
        );
      }
      if (rewards.outcome === null && value !== 0) {
        throw refuse(
          'CONTRACT_ADVANTAGE_FAILED',
          `${placeOf(group, member)}, turn ${turn}: abstains, but its advantage is ${String(value)}`,
        );
      }
    }
  }
}

function placeOf({ question, trajectories }: ShapedGroup, member?: number): string {
  const place = `: question ${question.id}`;
  return member === undefined ? place : `${place}, trajectory ${trajectories[member]?.id ?? member}`;
}
