import { expect, it } from '@jest/globals';
import {
  groupComposition,
  isFlat,
  mean,
  scoredOutcomes,
  standardDeviation,
  trajectoryLevelAdvantages,
  type AdvantageEstimator,
  type GroupAdvantages,
  type ShapedGroup,
} from '@turnwise/core';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import {
  ignoresOrder,
  ignoresShifts,
  isZeroWhenFlat,
  keepsTheContract,
  leavesAbstainingOut,
  respectsTheMask,
  saysNoneWhenZero,
  scalesBy,
  sumsToZero,
  survivesManyTurns,
  usesTheSampleSpread,
  type Law,
} from './estimator-laws.js';

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

const broken: readonly (readonly [string, Law, AdvantageEstimator, AdvantageEstimator])[] = [
  ['an input that is sorted in place', keepsTheContract, estimator(sortsItsInput), correct()],
  [
    'NaN in a flat group',
    keepsTheContract,
    fromOutcomes((o) => o.map((x) => (x - mean(o)) / standardDeviation(o, 1))),
    correct(),
  ],
  ['Infinity', keepsTheContract, eachTurn((value) => (value > 0 ? Infinity : value)), correct()],
  [
    'a turn too few',
    keepsTheContract,
    afterwards((r) => ({ ...r, turns: r.turns.map((row) => row.slice(1)) })),
    correct(),
  ],
  ['credit for who abstains', keepsTheContract, eachTurn((value) => value + 1), correct()],
  [
    "a composition that is not the group's",
    keepsTheContract,
    afterwards((r) => ({ ...r, composition: 'mixed' })),
    correct(),
  ],
  [
    'favour for the first member',
    ignoresOrder,
    eachTurn((value, _turn, member) => (member === 0 ? 2 * value : value)),
    correct(),
  ],
  ['the first member as baseline', ignoresOrder, fromOutcomes((o) => o.map((x) => x - (o[0] ?? 0))), correct()],
  ['abstaining members in the mean', leavesAbstainingOut, abstainingCounted, correct()],
  ['a level that is never none', saysNoneWhenZero, afterwards((r) => ({ ...r, level: 'trajectory' })), correct()],
  ['a group that is always called dead', saysNoneWhenZero, afterwards((r) => ({ ...r, level: 'none' })), correct()],
  ['powers of the turn that overflow', survivesManyTurns, eachTurn((value, turn) => value * 1.1 ** turn), correct()],
  [
    'rounding divided by epsilon',
    isZeroWhenFlat,
    fromOutcomes((o) => o.map((x) => (x - mean(o)) / (standardDeviation(o, 1) + 1e-6))),
    correct(),
  ],
  ['no baseline', ignoresShifts(), fromOutcomes((o) => o), correct()],
  ['a baseline that is half the mean', ignoresShifts(), fromOutcomes((o) => o.map((x) => x - mean(o) / 2)), correct()],
  [
    'the variance in place of its root',
    scalesBy(0),
    fromOutcomes((o) => (isFlat(o) ? [] : o.map((x) => (x - mean(o)) / standardDeviation(o, 1) ** 2))),
    correct({ epsilon: 0 }),
  ],
  [
    'a square',
    scalesBy(1),
    fromOutcomes((o) => (o.length < 2 ? [] : o.map((x) => (x - mean(o)) ** 2))),
    correct({ divideByStandardDeviation: false }),
  ],
  [
    'the median as baseline',
    sumsToZero,
    fromOutcomes((o) => o.map((x) => x - ([...o].sort()[o.length >> 1] ?? 0))),
    correct(),
  ],
  ['the population spread', usesTheSampleSpread, correct({ ddof: 0 }), correct()],
  ['observations that weigh', respectsTheMask, maskIgnored, correct()],
];

function sortsItsInput(group: ShapedGroup): GroupAdvantages {
  const result = correct().estimate([group])[0] as GroupAdvantages;
  (group.shaped as unknown[]).reverse();
  return { ...result, composition: groupComposition(group) };
}

it.each(broken)('catches %s', (_what, law, wrong, right) => {
  expect(() => law(right)).not.toThrow();
  expect(() => law(wrong)).toThrow();
});
