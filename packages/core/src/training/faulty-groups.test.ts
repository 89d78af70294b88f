import { expect, it } from '@jest/globals';
import type { RewardShaper, Trajectory, TrajectoryGroup } from '../contract/index.js';
import { rolloutFault, shapeEach } from './faulty-groups.js';

const kinds = {
  fine: { stopReason: 'answered' },
  full: { stopReason: 'context-limit' },
  late: { stopReason: 'policy-failed', failure: { code: 'ROLLOUT_TIMEOUT', message: 'too slow' } },
  down: { stopReason: 'policy-failed', failure: { code: 'ROLLOUT_SEARCH', message: 'gone' } },
} as const;

const group = (...members: (keyof typeof kinds)[]): TrajectoryGroup => ({
  question: { id: 'q', text: '', answers: ['x'] },
  trajectories: members.map((kind, index): Trajectory => ({
    id: `q/${index}`,
    turns: [],
    answer: null,
    ...kinds[kind],
  })),
});

it.each([
  [['fine', 'fine'], 0.5, null],
  [['full', 'fine'], 0.5, '1 of 2 ran out of context or time'],
  [['late', 'full', 'fine'], 0.6, '2 of 3 ran out of context or time'],
  [['late', 'full', 'fine'], 0.7, null],
  [['fine', 'down', 'down'], 0.6, '2 of 3 failed: ROLLOUT_SEARCH gone'],
  [['down', 'fine', 'fine'], 0.5, null],
  // One that was late counts among those that failed.
  [['late', 'down', 'fine'], 0.6, '2 of 3 failed: ROLLOUT_TIMEOUT too slow'],
  [['fine', 'fine'], 0, null],
  [[], 0, null],
] as [(keyof typeof kinds)[], number, string | null][])('of %j, with a share of %d: %s', (members, share, fault) => {
  expect(rolloutFault(group(...members), share)).toBe(fault);
});

function asking(...ids: string[]): TrajectoryGroup[] {
  const turn = {
    output: { text: '', tokenIds: [], logprobs: [] },
    action: { kind: 'search', query: 'x' },
    observation: null,
  } as const;
  return ids.map((id) => ({
    question: { id, text: '', answers: ['x'] },
    trajectories: [{ id: `${id}/0`, turns: [turn, turn], answer: 'x', stopReason: 'answered' }],
  }));
}

it('lets a group abstain whose reward fails, as long as it does not fail on most', async () => {
  const shaper: RewardShaper = {
    shape: ({ question, trajectories }) => {
      if (question.id.startsWith('bad')) throw new Error('no idea');
      return trajectories.map(({ turns }) => ({ outcome: 1, correct: true, turns: turns.map(() => 1) }));
    },
  };
  const shape = (...ids: string[]) =>
    shapeEach(asking(...ids), [{ name: 'acme', weight: 1, shaper }], new AbortController().signal, 1);
  const [fine, bad] = await shape('q1', 'bad');
  expect(fine).toMatchObject({ fault: null, group: { shaped: [{ outcome: 1, turns: [1, 1] }] } });
  expect(bad?.fault).toBe('CONTRACT_REWARD_FAILED: reward acme failed on question bad: no idea');
  expect(bad?.group.shaped).toEqual([{ outcome: null, correct: false, turns: [0, 0] }]);
  await expect(shape('q1', 'bad1', 'bad2')).rejects.toMatchObject({ code: 'CONTRACT_REWARD_FAILED' });
});

it('passes on what is no fault of a question: an abort, and a reward that changes what it reads', async () => {
  const stopped = new AbortController();
  const shape = (shaper: RewardShaper) =>
    shapeEach(asking('q1', 'q2', 'q3'), [{ name: 'acme', weight: 1, shaper }], stopped.signal, 1);
  const meddling: RewardShaper = {
    shape: ({ question, trajectories }) => {
      if (question.id === 'q1') (question.answers as string[]).pop();
      return trajectories.map(({ turns }) => ({ outcome: 1, correct: true, turns: turns.map(() => 1) }));
    },
  };
  await expect(shape(meddling)).rejects.toMatchObject({ code: 'CONTRACT_MUTATED_INPUT' });
  stopped.abort(new Error('stopped'));
  await expect(shape({ shape: () => Promise.reject(stopped.signal.reason as Error) })).rejects.toThrow('stopped');
});
