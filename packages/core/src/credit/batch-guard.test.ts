import { describe, expect, it } from '@jest/globals';
import type { ShapedGroup, TurnRewards } from '../contract/index.js';
import { guardBatch } from './batch-guard.js';

type Writable<Value> = { -readonly [Key in keyof Value]: Writable<Value[Key]> };

function batch(): Writable<ShapedGroup>[] {
  return Array.from({ length: 5 }, (_, group) => ({
    question: { id: `q${group}`, text: 'x', answers: ['y'] },
    trajectories: Array.from({ length: 3 }, (_, member) => ({
      id: `q${group}/${member}`,
      turns: [
        {
          output: { text: 't', tokenIds: [1, 2], logprobs: [-1, -2] },
          action: { kind: 'answer', text: 'a' },
          observation: null,
        },
      ],
      answer: 'a',
      stopReason: 'answered',
    })),
    shaped: Array.from({ length: 3 }, (_, member): Writable<TurnRewards> => ({
      outcome: member === 2 ? null : member,
      correct: member === 1,
      turns: [0.5],
      firstOccurrence: null,
      answered: true,
    })),
  }));
}

describe('guardBatch', () => {
  it('sees no change where there is none', () => {
    expect(guardBatch(batch()).hasChanged()).toBe(false);
    expect(guardBatch([]).hasChanged()).toBe(false);
  });

  const middle = (groups: Writable<ShapedGroup>[]): Writable<TurnRewards> =>
    groups[2]?.shaped[1] as Writable<TurnRewards>;
  it.each<[string, (groups: Writable<ShapedGroup>[]) => void]>([
    ['a turn reward', (groups) => void (middle(groups).turns[0] = 0.25)],
    ['a turn reward too many', (groups) => void middle(groups).turns.push(0)],
    ['an outcome', (groups) => void (middle(groups).outcome = 7)],
    ['an outcome made to abstain', (groups) => void (middle(groups).outcome = null)],
    ['an abstaining member given zero', (groups) => void ((groups[2]?.shaped[2] as Writable<TurnRewards>).outcome = 0)],
    ['correctness', (groups) => void (middle(groups).correct = false)],
    ['whether it answered', (groups) => void (middle(groups).answered = false)],
    ['where gold was', (groups) => void (middle(groups).firstOccurrence = 0)],
    ['the rewards replaced by equal ones', (groups) => void groups[2]?.shaped.splice(1, 1, { ...middle(groups) })],
    ['a member taken away', (groups) => void groups[2]?.shaped.pop()],
    ['a trajectory taken away', (groups) => void groups[2]?.trajectories.pop()],
    ['a group taken away', (groups) => void groups.pop()],
    [
      'the trajectories replaced by equal ones',
      (groups) => void ((groups[2] as Writable<ShapedGroup>).trajectories = [...(groups[2]?.trajectories ?? [])]),
    ],
    ['groups in another order', (groups) => void groups.reverse()],
    ['the question of the first group', (groups) => void groups[0]?.question.answers.push('z')],
    ['a token of the last group', (groups) => void groups[4]?.trajectories[0]?.turns[0]?.output.tokenIds.reverse()],
  ])('sees %s', (_, change) => {
    const groups = batch();
    const guard = guardBatch(groups);
    change(groups);
    expect(guard.hasChanged()).toBe(true);
  });

  it('tells every state of what is not a number from every other', () => {
    const booleans = [true, false];
    const states = [0, null].flatMap((outcome) =>
      booleans.flatMap((correct) =>
        [undefined, ...booleans].flatMap((answered) =>
          [undefined, null, 0, 1, 2, 3].map((firstOccurrence) => ({ outcome, correct, answered, firstOccurrence })),
        ),
      ),
    );
    const groups = batch();
    const alike: unknown[] = [];
    for (const before of states) {
      Object.assign(middle(groups), before);
      const guard = guardBatch(groups);
      for (const after of states) {
        Object.assign(middle(groups), after);
        if (guard.hasChanged() !== (after !== before)) alike.push([before, after]);
      }
    }
    expect(alike).toEqual([]);
  });
});
