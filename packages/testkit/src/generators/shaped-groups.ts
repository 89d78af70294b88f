import fc from 'fast-check';
import type { ShapedGroup, Trajectory, TurnRewards } from '@turnwise/core';

/** Rewards are multiples of 1/8, so that sums, shifts and scalings by small integers are exact. */
const eighth = fc.integer({ min: 0, max: 8 }).map((value) => value / 8);

/** A member with coherent rewards: right with outcome 1 on every turn, or wrong with rewards below. */
export const anyMember: fc.Arbitrary<TurnRewards> = fc
  .record({
    kind: fc.constantFrom('right', 'wrong', 'near-miss', 'abstains'),
    turns: fc.array(eighth, { minLength: 1, maxLength: 5 }),
    outcome: fc.constantFrom(0, 0, 0.125, 0.25),
  })
  .map(({ kind, turns, outcome }) => {
    if (kind === 'abstains') return { outcome: null, correct: false, turns: turns.map(() => 0), firstOccurrence: null };
    if (kind === 'right') return { outcome: 1, correct: true, turns: turns.map(() => 1), firstOccurrence: null };
    if (kind === 'wrong') return { outcome, correct: false, turns: turns.map(() => 0), firstOccurrence: null };
    return { outcome, correct: false, turns, firstOccurrence: 0 };
  });

/** A group of shaped members; trajectories carry no text, as estimators look at rewards. */
export function groupOf(members: readonly TurnRewards[], id = 'q'): ShapedGroup {
  return {
    question: { id, text: 'Which?', answers: ['Paris'] },
    trajectories: members.map((member, index) => trajectoryOf(`${id}/${index}`, member.turns.length)),
    shaped: members,
  };
}

export const anyGroup: fc.Arbitrary<ShapedGroup> = fc
  .array(anyMember, { minLength: 1, maxLength: 8 })
  .map((members) => groupOf(members));

/** A group in which nobody is right and nobody abstains. */
export const allWrongGroup: fc.Arbitrary<ShapedGroup> = fc
  .array(
    anyMember.filter(({ correct, outcome }) => !correct && outcome !== null),
    { minLength: 2, maxLength: 8 },
  )
  .map((members) => groupOf(members));

function trajectoryOf(id: string, turns: number): Trajectory {
  const turn = {
    output: { text: `${id}: looks things up`, tokenIds: [], logprobs: [] },
    action: { kind: 'search' as const, query: id },
    observation: { status: 'ok' as const, text: `${id}: found`, hits: [] },
  };
  return { id, turns: Array.from({ length: turns }, () => turn), answer: 'x', stopReason: 'answered' };
}

/**
 * The same shaped groups for the same seed, for tests without fast-check.
 *
 * @param count How many. Default 20.
 */
export function sampleShapedGroups(seed: number, count = 20): ShapedGroup[] {
  return fc.sample(anyGroup, { seed, numRuns: count });
}
