import type { AdvantageEstimator, GroupAdvantages, ShapedGroup } from '../contract/index.js';
import { TurnwiseError, type ErrorCode } from '../errors/index.js';
import { groupComposition } from './composition.js';
import { guardInput } from './input-guard.js';
import { listLength } from './list-length.js';

/** An advantage estimator with the plugin's id, for messages. */
export interface NamedEstimator {
  readonly name: string;
  readonly estimator: AdvantageEstimator;
}

const levels = new Set<unknown>(['turn', 'trajectory', 'none']);

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
  const guard = guardInput(groups);
  const refuse = (code: ErrorCode, problem: string, cause?: unknown): TurnwiseError =>
    guard.hasChanged()
      ? new TurnwiseError('CONTRACT_MUTATED_INPUT', `${where} changed the shaped groups, which it may only read`, {
          where,
          hint: 'copy before changing: structuredClone(groups)',
          cause,
        })
      : new TurnwiseError(code, `${where}${problem}`, { where, cause });

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
  if (guard.hasChanged()) throw refuse('CONTRACT_MUTATED_INPUT', '');
  return estimates;
}

type Refuse = (code: ErrorCode, problem: string) => TurnwiseError;

function checkGroup(group: ShapedGroup, estimate: GroupAdvantages | undefined, refuse: Refuse): void {
  const place = `: question ${group.question.id}`;
  if (!estimate || listLength(estimate.turns) !== group.shaped.length) {
    const returned =
      listLength(estimate?.turns) === null ? 'no trajectories' : `${listLength(estimate?.turns)} trajectories`;
    throw refuse('CONTRACT_ADVANTAGE_LENGTH', `${place}: returned ${returned}, the group has ${group.shaped.length}`);
  }
  const composition = groupComposition(group);
  if (estimate.composition !== composition) {
    throw refuse(
      'CONTRACT_ADVANTAGE_FAILED',
      `${place}: calls the group ${estimate.composition}, it is ${composition}`,
    );
  }
  if (!levels.has(estimate.level)) {
    throw refuse('CONTRACT_ADVANTAGE_FAILED', `${place}: level ${estimate.level} is none of turn, trajectory, none`);
  }
  group.shaped.forEach(({ outcome, turns }, index) => {
    const trajectory = `${place}, trajectory ${group.trajectories[index]?.id ?? index}`;
    const row = estimate.turns[index];
    if (!row || listLength(row) !== turns.length) {
      const returned = listLength(row) === null ? 'no advantages' : `${listLength(row)} advantages`;
      throw refuse('CONTRACT_ADVANTAGE_LENGTH', `${trajectory}: returned ${returned} for ${turns.length} turns`);
    }
    row.forEach((value: unknown, turn) => {
      if (!Number.isFinite(value)) {
        throw refuse('CONTRACT_ADVANTAGE_NOT_FINITE', `${trajectory}, turn ${turn}: advantage is ${String(value)}`);
      }
      if (outcome === null && value !== 0) {
        throw refuse(
          'CONTRACT_ADVANTAGE_FAILED',
          `${trajectory}, turn ${turn}: abstains, but its advantage is ${String(value)}`,
        );
      }
    });
  });
}
