import { expect, it } from '@jest/globals';
import {
  groupComposition,
  isFlat,
  mean,
  scoredOutcomes,
  standardDeviation,
  trajectoryLevelAdvantages,
  defineAdvantage,
  type AdvantageEstimator,
  type GroupAdvantages,
  type ShapedGroup,
} from '@turnwise/core';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import { z } from 'zod';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { advantageConformance, type AdvantageClaims } from './advantage-conformance.js';

const estimator = (one: (group: ShapedGroup) => GroupAdvantages): AdvantageEstimator => ({
  estimate: (groups) => groups.map(one),
});
const correct = (options: object = {}): AdvantageEstimator => ({
  estimate: (groups) => grpoAdvantages(groups, grpoOptions.parse(options)),
});
/** GRPO from the outcomes of the scored members, with one thing wrong. */
const fromOutcomes = (values: (outcomes: readonly number[]) => readonly number[]): AdvantageEstimator =>
  estimator((group) => trajectoryLevelAdvantages(group, values(scoredOutcomes(group))));
/** GRPO whose result is changed afterwards. */
const afterwards = (change: (result: GroupAdvantages, group: ShapedGroup) => GroupAdvantages): AdvantageEstimator =>
  estimator((group) => change(correct().estimate([group])[0] as GroupAdvantages, group));
const eachTurn = (change: (value: number, turn: number, member: number) => number): AdvantageEstimator =>
  afterwards((result) => ({
    ...result,
    turns: result.turns.map((row, member) => row.map((value, turn) => change(value, turn, member))),
  }));

/** Statistics of every member, the abstaining as a zero, and credit for those alone that are scored. */
const abstainingCounted = estimator((group) => {
  const all = group.shaped.map(({ outcome }) => outcome ?? 0);
  const spread = isFlat(all) ? Infinity : standardDeviation(all, 1) + 1e-6;
  return trajectoryLevelAdvantages(
    group,
    scoredOutcomes(group).map((outcome) => (outcome - mean(all)) / spread),
  );
});

/** Weighs by all tokens of a trajectory, those it read among them. */
const maskIgnored = estimator((group) => {
  const lengths = group.trajectories.map(({ turns }) =>
    turns.reduce(
      (sum, { output, observation }) => sum + output.tokenIds.length + (observation?.tokenIds?.length ?? 0),
      1,
    ),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const center = group.shaped.reduce(
    (sum, { outcome }, index) => sum + ((outcome ?? 0) * (lengths[index] ?? 0)) / total,
    0,
  );
  return trajectoryLevelAdvantages(
    group,
    scoredOutcomes(group).map((outcome) => outcome - center),
  );
});

/** Some mistakes break a second rule by nature: stated here, so that nothing else slips in. */
const also: Readonly<Record<string, readonly string[]>> = {
  'a turn too few': ['many-turns'],
  'credit for who abstains': ['flat'],
  'favour for the first member': ['abstaining'],
  'the first member as baseline': ['flat'],
  'a batch that must not be empty': ['contract'],
  'observations that weigh': ['abstaining', 'flat'],
};

/** What is wrong, the rule that says so, the wrong and the right estimator, and what is claimed of both. */
const sound = correct();
const broken: readonly (readonly [string, string, AdvantageEstimator, AdvantageEstimator, AdvantageClaims?])[] = [
  ['an input that is sorted in place', 'contract', estimator(sortsItsInput), sound],
  [
    'NaN in a flat group',
    'contract',
    fromOutcomes((o) => o.map((x) => (x - mean(o)) / standardDeviation(o, 1))),
    sound,
  ],
  ['Infinity', 'contract', eachTurn((value, _turn, member) => (member > 2 && value > 0 ? Infinity : value)), sound],
  ['a turn too few', 'contract', afterwards((r) => ({ ...r, turns: r.turns.map((row) => row.slice(1)) })), sound],
  ['credit for who abstains', 'contract', eachTurn((value) => value + 1), sound],
  ["a composition that is not the group's", 'contract', afterwards((r) => ({ ...r, composition: 'mixed' })), sound],
  [
    'favour for the first member',
    'order',
    eachTurn((value, _turn, member) => (member === 0 ? 2 * value : value)),
    sound,
  ],
  ['the first member as baseline', 'order', fromOutcomes((o) => o.map((x) => x - (o[0] ?? 0))), sound],
  ['abstaining members in the mean', 'abstaining', abstainingCounted, sound],
  ['a level that is never none', 'level', afterwards((r) => ({ ...r, level: 'trajectory' })), sound],
  ['a group that is always called dead', 'level', afterwards((r) => ({ ...r, level: 'none' })), sound],
  ['powers of the turn that overflow', 'many-turns', eachTurn((value, turn) => value * 1.1 ** turn), sound],
  [
    'rounding divided by epsilon',
    'flat',
    fromOutcomes((o) => o.map((x) => (x - mean(o)) / (standardDeviation(o, 1) + 1e-6))),
    sound,
  ],
  ['no baseline', 'shift', fromOutcomes((o) => o), sound, { shiftInvariant: true, flatIsZero: false }],
  [
    'a baseline that is half the mean',
    'shift',
    fromOutcomes((o) => o.map((x) => x - mean(o) / 2)),
    correct(),
    { shiftInvariant: true, flatIsZero: false },
  ],
  [
    'the variance in place of its root',
    'scale',
    fromOutcomes((o) => (isFlat(o) ? [] : o.map((x) => (x - mean(o)) / standardDeviation(o, 1) ** 2))),
    correct({ epsilon: 0 }),
    { scaleDegree: 0 },
  ],
  [
    'a square',
    'scale',
    fromOutcomes((o) => (o.length < 2 ? [] : o.map((x) => (x - mean(o)) ** 2))),
    correct({ divideByStandardDeviation: false }),
    { scaleDegree: 1, flatIsZero: false },
  ],
  [
    'the median as baseline',
    'sum',
    fromOutcomes((o) => o.map((x) => x - ([...o].sort()[o.length >> 1] ?? 0))),
    correct(),
    { sumsToZero: true, flatIsZero: false },
  ],
  ['the population spread', 'spread', correct({ ddof: 0 }), sound, { sampleSpread: true }],
  ['a batch that must not be empty', 'empty-batch', { estimate: needsGroups }, sound],
  [
    'an explanation of the first group alone',
    'explain',
    {
      ...correct(),
      explain: (groups) => [{ rule: 'r', turns: groups[0]?.shaped.map(({ turns }) => turns.map(() => null)) ?? [] }],
    },
    sound,
  ],
  ['observations that weigh', 'observations', maskIgnored, sound],
];

function sortsItsInput(group: ShapedGroup): GroupAdvantages {
  const result = correct().estimate([group])[0] as GroupAdvantages;
  (group.shaped as unknown[]).reverse();
  return { ...result, composition: groupComposition(group) };
}

function needsGroups(groups: readonly ShapedGroup[]): readonly GroupAdvantages[] {
  if (groups.length === 0) throw new Error('no groups');
  return correct().estimate(groups);
}

const plugin = (given: AdvantageEstimator) =>
  defineAdvantage({ id: 'tested', version: '1.0.0', options: z.strictObject({}), create: () => given });
const failures = async (given: AdvantageEstimator, claims: AdvantageClaims = {}): Promise<string[]> => [
  ...(await failuresOf((runner) => advantageConformance(runner, plugin(given), { from: null, claims }))).keys(),
];

it.each(broken.map((row) => [row[0], row[1], row] as const))(
  'catches %s, by the rule %s and no other',
  async (what, rule, [, , wrong, right, claims = {}]) => {
    if (right !== sound || Object.keys(claims).length > 0) expect(await failures(right, claims)).toEqual([]);
    const expected = [rule, ...(also[what] ?? [])].map((id) => `advantage/${id}`);
    expect((await failures(wrong, claims)).sort()).toEqual(expected.sort());
  },
);

it('passes an estimator that keeps every rule', async () => {
  expect(await failures(sound)).toEqual([]);
});

it('judges the groups of the test too', async () => {
  const own: ShapedGroup = {
    question: { id: 'mine', text: '?', answers: ['x'] },
    trajectories: [],
    shaped: [],
  };
  const broken = estimator((group) =>
    group.question.id === 'mine' ? ({} as never) : (correct().estimate([group])[0] as GroupAdvantages),
  );
  const found = await failuresOf((runner) =>
    advantageConformance(runner, plugin(broken), { from: null, fixtures: [own] }),
  );
  expect([...found.keys()]).toEqual(['advantage/fixtures']);
});

it('has a broken estimator for every rule of its own', async () => {
  const claims = { shiftInvariant: true, scaleDegree: 0, sumsToZero: true, sampleSpread: true } as const;
  const { ran } = await outcomeOf((runner) => advantageConformance(runner, plugin(correct()), { from: null, claims }));
  const own = ran.filter((id) => id.startsWith('advantage/'));
  expect(own.filter((id) => !broken.some(([, rule]) => id === `advantage/${rule}`))).toEqual([]);
});
