import { describe, expect, it } from '@jest/globals';
import type { GroupAdvantages, ShapedGroup, Trajectory, TurnRewards } from '../contract/index.js';
import { creditStatistics } from './credit-statistics.js';
import { nearMisses } from './near-miss.js';

function member(observed: string, answer: string | null): Trajectory {
  const observation = { status: 'ok' as const, text: observed, hits: [] };
  return {
    id: 'q/0',
    turns: [{ output: { text: '', tokenIds: [], logprobs: [] }, action: { kind: 'search', query: 'x' }, observation }],
    answer,
    stopReason: answer === null ? 'turn-limit' : 'answered',
  };
}

function group(...members: [Trajectory, Partial<TurnRewards>][]): ShapedGroup {
  return {
    question: { id: 'q', text: 'Which?', answers: ['Paris'] },
    trajectories: members.map(([trajectory]) => trajectory),
    shaped: members.map(([, rewards]) => ({ outcome: 0, correct: false, turns: [0], ...rewards })),
  };
}

const right = { outcome: 1, correct: true, turns: [1] };
const nearMiss = member('Paris is large', 'Rome');
const miss = member('nothing', 'Rome');
const groups = [
  group([nearMiss, {}], [miss, {}]),
  group([member('Paris', null), {}], [miss, {}]),
  group([member('Paris', 'Paris'), right], [miss, { outcome: null }]),
  group([miss, right], [miss, {}]),
];
const advantages: GroupAdvantages[] = [
  { composition: 'all-wrong', level: 'turn', turns: [[1], [-1]] },
  { composition: 'all-wrong', level: 'none', turns: [[0], [0]] },
  { composition: 'all-correct', level: 'none', turns: [[0], [0]] },
  { composition: 'mixed', level: 'trajectory', turns: [[1], [-1]] },
];

describe('creditStatistics', () => {
  it('counts groups and trajectories, whoever scored them', () => {
    expect(creditStatistics(groups, advantages)).toEqual({
      'reward/outcome-mean': 2 / 7,
      'reward/turn-mean': 2 / 7,
      'groups/all-wrong': 0.5,
      'groups/mixed': 0.25,
      'groups/all-correct': 0.25,
      'groups/dead': 0.5,
      'groups/near-miss': 0.5,
      'groups/all-wrong-near-miss': 0.5,
      'groups/all-wrong-answered-near-miss': 0.25,
      'trajectories/near-miss': 2 / 7,
      'trajectories/unanswered': 1 / 7,
      'trajectories/abstained': 1 / 8,
    });
  });

  it('is all zeros for an empty batch', () => {
    expect(new Set(Object.values(creditStatistics([], [])))).toEqual(new Set([0]));
  });

  it('leaves a group whose members all abstain out of the compositions, and calls it dead', () => {
    const lost = group([miss, { outcome: null }]);
    const statistics = creditStatistics(
      [lost, groups[0] as ShapedGroup],
      [{ composition: 'all-wrong', level: 'none', turns: [[0]] }, advantages[0] as GroupAdvantages],
    );
    expect(statistics).toMatchObject({ 'groups/all-wrong': 1, 'groups/dead': 0.5, 'trajectories/abstained': 1 / 3 });
  });
});

it('takes the shares of compositions over the groups that have a scored trajectory', () => {
  const lost = group([miss, { outcome: null }]);
  const [, , , mixed] = advantages as [unknown, unknown, unknown, GroupAdvantages];
  expect(
    creditStatistics(
      [lost, groups[3] as ShapedGroup],
      [{ composition: 'all-wrong', level: 'none', turns: [[0]] }, mixed],
    ),
  ).toMatchObject({ 'groups/all-wrong': 0, 'groups/mixed': 1, 'groups/all-correct': 0 });
});

it('calls a group dead when not one advantage in it differs from zero', () => {
  const one = group([nearMiss, right], [miss, {}]);
  const withTurns = (...turns: number[][]): GroupAdvantages => ({ composition: 'mixed', level: 'turn', turns });
  const dead = (...turns: number[][]) => creditStatistics([one], [withTurns(...turns)])['groups/dead'];
  expect(dead([0, 0], [0, 0])).toBe(1);
  expect(dead([0, 0], [0, 0.5])).toBe(0);
  expect(dead([-1, 1], [1, -1])).toBe(0);
  expect(creditStatistics([one], [])['groups/dead']).toBe(1);
});

it('tells near-misses of groups where somebody is right from those where nobody is', () => {
  const mixed = group([nearMiss, {}], [miss, right]);
  const statistics = creditStatistics([mixed], [{ composition: 'mixed', level: 'turn', turns: [[0], [0]] }]);
  expect(statistics).toMatchObject({
    'groups/near-miss': 1,
    'groups/all-wrong-near-miss': 0,
    'groups/all-wrong-answered-near-miss': 0,
  });
});

describe('nearMisses', () => {
  it('trusts what the reward plugin reported over the text', () => {
    expect(nearMisses(group([nearMiss, { firstOccurrence: null }], [miss, { firstOccurrence: 0 }]))).toEqual([
      false,
      true,
    ]);
    expect(nearMisses(group([nearMiss, {}], [nearMiss, right], [nearMiss, { outcome: null }]))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('records the parts of rewards apart, over those that have them and are scored', () => {
  const parts = (outcome: number | null, components: Record<string, number>) => ({ outcome, components });
  const scored = group(
    [miss, parts(1, { outcome: 1, 'brevity/words': 0.5 })],
    [miss, parts(0, { outcome: 0 })],
    [miss, parts(null, { outcome: 9 })],
  );
  expect(creditStatistics([scored], [])).toMatchObject({
    'reward/outcome/mean': 0.5,
    'reward/brevity/words/mean': 0.5,
  });
  const inAnyOrder = group([miss, parts(1, { style: 1, length: 2, outcome: 3 })], [miss, parts(0, { early: 1 })]);
  const names = Object.keys(creditStatistics([inAnyOrder], [])).filter((key) => key.endsWith('/mean'));
  expect(names).toEqual(['early', 'length', 'outcome', 'style'].map((name) => `reward/${name}/mean`));
  expect(Object.keys(creditStatistics(groups, advantages)).filter((key) => key.endsWith('/mean'))).toEqual([]);
});
