import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupComposition, type AdvantageEstimator, type ShapedGroup, type TurnRewards } from '@turnwise/core';
import { allWrongGroup, anyGroup, anyMember, groupOf } from '@turnwise/testkit';
import {
  estimate,
  ignoresOrder,
  ignoresShifts,
  isZeroWhenFlat,
  keepsTheContract,
  leavesAbstainingOut,
  requireClose,
  respectsTheMask,
  saysNoneWhenZero,
  scalesBy,
  sumsToZero,
  survivesManyTurns,
  turnsOf,
  withRewards,
} from '@turnwise/testkit';
import gae from '@turnwise/advantage-gae';
import gigpo from '@turnwise/advantage-gigpo';
import gpg from '@turnwise/advantage-gpg';
import { grpoAdvantages, grpoOptions } from '@turnwise/advantage-grpo';
import igpo from '@turnwise/advantage-igpo';
import mtGrpo from '@turnwise/advantage-mt-grpo';
import opo from '@turnwise/advantage-opo';
import passAtK from '@turnwise/advantage-pass-at-k';
import reinforcePlusPlus from '@turnwise/advantage-reinforce-plus-plus';
import { created, dense, estimators, grpo, outcome, tspo } from './every-estimator.js';

// Every property runs for every estimator: fewer runs each keep the whole to seconds.
fc.configureGlobal({ numRuns: 50 });

const every = Object.entries(estimators);

/** Those that give a flat group something on purpose: a raw outcome, or a preference for reward that comes sooner. */
const unevenWhenFlat = /^outcome|raw|^gigpo$|^gigpo of/;
/** Those for which the level of rewards means something: 0 for lone turns, for padding, for counting, for discounts. */
const sensitiveToShift = /^outcome$|raw|padded|^gae|^gpg|^gigpo$|^gigpo of/;

describe.each(every)('%s', (_name, estimator) => {
  it.each(
    Object.entries({
      'keeps the contract on any batch': keepsTheContract,
      'does not depend on the order of the members': ignoresOrder,
      'gives the others what they get without the abstaining members': leavesAbstainingOut,
      'says none exactly when every advantage is zero': saysNoneWhenZero,
      'survives 10,000 turns': survivesManyTurns,
      'gives what was read no weight and no advantage': respectsTheMask,
    }),
  )('%s', (_law, law) => {
    law(estimator);
  });
});

describe('flat groups are exactly zero', () => {
  it.each(every.filter(([name]) => !unevenWhenFlat.test(name)))('%s', (_name, estimator) => {
    isZeroWhenFlat(estimator);
  });
});

describe('shifting all rewards changes nothing', () => {
  it.each(every.filter(([name]) => !sensitiveToShift.test(name)))('%s', (name, estimator) => {
    ignoresShifts(name === 'tspo fallback')(estimator);
  });
});

const notDivided = { divideByStandardDeviation: false };
const undivided = {
  'grpo as Dr.GRPO': grpo(notDivided),
  'grpo as RLOO': grpo({ ...notDivided, baseline: 'leave-one-out' }),
  outcome: outcome(),
  opo: await created(opo),
  'pass-at-k, not divided': await created(passAtK, notDivided),
  gae: await created(gae),
  gpg: await created(gpg),
  'tspo, not divided': tspo({ ...notDivided, level: dense }),
};
const divided = {
  grpo: grpo({ epsilon: 0 }),
  tspo: tspo({ epsilon: 0 }),
  'tspo-dense, divided': tspo({ level: dense, epsilon: 0 }),
  'pass-at-k': await created(passAtK, { epsilon: 0 }),
  'reinforce-plus-plus': await created(reinforcePlusPlus, { epsilon: 0 }),
  igpo: await created(igpo, { epsilon: 0 }),
  'mt-grpo': await created(mtGrpo, { epsilon: 0 }),
  gigpo: await created(gigpo, { epsilon: 0 }),
};

describe('scaling all rewards', () => {
  it.each(Object.entries(undivided))('scales %s', (_name, estimator) => {
    scalesBy(1)(estimator);
  });
  it.each(Object.entries(divided))('leaves %s alone', (_name, estimator) => {
    scalesBy(0)(estimator);
  });
});

describe('a group sums to zero', () => {
  it.each(['grpo', 'grpo as Dr.GRPO', 'grpo as RLOO', 'gpg', 'mt-grpo', 'tspo', 'tspo-dense'] as const)(
    '%s',
    (name) => {
      sumsToZero(estimators[name] as AdvantageEstimator);
    },
  );
});

describe('tspo', () => {
  it.each(['tspo', 'tspo-literal'] as const)('%s equals grpo wherever somebody is right', (name) => {
    fc.assert(
      fc.property(
        fc.array(anyMember, { minLength: 2, maxLength: 8 }).map((members) => groupOf(members)),
        (group) => {
          fc.pre(groupComposition(group) !== 'all-wrong');
          const ours = estimators[name] as AdvantageEstimator;
          requireClose(turnsOf(group, ours), turnsOf(group, grpo()), 1e-9);
          expect(turnsOf(group, ours)).toEqual(turnsOf(group, grpo()));
        },
      ),
      { seed: 71, numRuns: 500 },
    );
  });

  it('sums to zero over the members that reached a turn', () => {
    fc.assert(
      fc.property(allWrongGroup, (group) => {
        const turns = turnsOf(group, tspo());
        for (let turn = 0; turn < 5; turn++) {
          expect(Math.abs(turns.reduce((sum, row) => sum + (row[turn] ?? 0), 0))).toBeLessThan(1e-9);
        }
      }),
      { seed: 72 },
    );
  });

  it('scales all-wrong advantages by allWrongScale and nothing else', () => {
    fc.assert(
      fc.property(anyGroup, fc.double({ min: 0.01, max: 4, noNaN: true }), (group, scale) => {
        const factor = groupComposition(group) === 'all-wrong' ? scale : 1;
        const one = turnsOf(group, tspo({ allWrongScale: 1 }));
        requireClose(
          turnsOf(group, tspo({ allWrongScale: scale })),
          one.map((row) => row.map((value) => factor * value)),
        );
      }),
      { seed: 73 },
    );
  });

  it('is linear in alpha without the division and blind to alpha with it', () => {
    fc.assert(
      fc.property(allWrongGroup, fc.integer({ min: 2, max: 8 }), (group, factor) => {
        const scaled = withRewards(group, (rewards) => ({
          ...rewards,
          turns: rewards.turns.map((value) => value * factor),
        }));
        const plain = { divideByStandardDeviation: false };
        requireClose(
          turnsOf(scaled, tspo(plain)),
          turnsOf(group, tspo(plain)).map((row) => row.map((value) => value * factor)),
        );
        const divided = { epsilon: 0 };
        requireClose(turnsOf(scaled, tspo(divided)), turnsOf(group, tspo(divided)));
      }),
      { seed: 74 },
    );
  });

  it('compares a turn with the members that reached it, with all turns, or with absent turns as zero', () => {
    const group = groupOf([
      { outcome: 0, correct: false, turns: [0.5, 0], firstOccurrence: 0 },
      { outcome: 0, correct: false, turns: [0, 0.5], firstOccurrence: 1 },
      { outcome: 0, correct: false, turns: [0], firstOccurrence: null },
    ]);
    const plain = { divideByStandardDeviation: false, allWrongScale: 1 };
    requireClose(turnsOf(group, tspo(plain)), [[1 / 3, -0.25], [-1 / 6, 0.25], [-1 / 6]]);
    requireClose(turnsOf(group, tspo({ ...plain, statistics: 'pooled-turns' })), [[0.3, -0.2], [-0.2, 0.3], [-0.2]]);
    requireClose(turnsOf(group, tspo({ ...plain, statistics: 'pad-zero' })), [
      [1 / 3, -1 / 6],
      [-1 / 6, 1 / 3],
      [-1 / 6],
    ]);
    requireClose(turnsOf(group, tspo({ ...plain, return: 'reward-to-go' })), [[1 / 6, -0.25], [1 / 6, 0.25], [-1 / 3]]);
    requireClose(turnsOf(group, tspo({ ...plain, return: 'discounted', gamma: 0.5 })), [
      [1 / 3 - 0.125, -0.25],
      [-1 / 6 + 0.125, 0.25],
      [-1 / 6],
    ]);
    // Padded to the longest trajectory, the sum of the short one still pays the baseline of the turn it did not play.
    requireClose(turnsOf(group, tspo({ ...plain, statistics: 'pad-zero', return: 'discounted' })), [
      [1 / 6, -1 / 6],
      [1 / 6, 1 / 3],
      [-1 / 3],
    ]);
  });

  it('treats a turn that one member reached as told', () => {
    const group = groupOf([
      { outcome: 0.2, correct: false, turns: [0.5, 0.5], firstOccurrence: 1 },
      { outcome: 0, correct: false, turns: [0], firstOccurrence: null },
    ]);
    const plain = { divideByStandardDeviation: false, allWrongScale: 1 };
    requireClose(turnsOf(group, tspo(plain)), [[0.25, 0], [-0.25]]);
    requireClose(turnsOf(group, tspo({ ...plain, loneCell: 'raw' })), [[0.25, 0.5], [-0.25]]);
    requireClose(turnsOf(group, tspo({ ...plain, loneCell: 'trajectory-fallback' })), [[0.25, 0.1], [-0.25]]);
  });

  it('learns nothing from groups that are off, dead or alone', () => {
    const nearMiss: TurnRewards = { outcome: 0, correct: false, turns: [0.5], firstOccurrence: 0 };
    const miss: TurnRewards = { outcome: 0, correct: false, turns: [0], firstOccurrence: null };
    const level = (members: TurnRewards[], options: object = {}) =>
      estimate([groupOf(members)], tspo(options))[0]?.level;
    expect(level([nearMiss, miss])).toBe('turn');
    expect(level([nearMiss, miss], { level: { allWrong: 'trajectory' } })).toBe('trajectory');
    expect(level([nearMiss, miss], { level: { allWrong: 'off' } })).toBe('none');
    expect(level([miss, miss])).toBe('none');
    expect(level([nearMiss])).toBe('none');
    expect(level([])).toBe('none');
  });
});

describe('a broken estimator is caught', () => {
  const broken = (change: (turns: number[][], groups: readonly ShapedGroup[]) => unknown): AdvantageEstimator => ({
    estimate: (groups) => {
      const results = grpoAdvantages(groups, grpoOptions.parse({})).map((result) => ({
        ...result,
        turns: result.turns.map((row) => [...row]),
      }));
      results.forEach(({ turns }) => change(turns, groups));
      return results;
    },
  });
  const group = groupOf([
    { outcome: 1, correct: true, turns: [1, 1] },
    { outcome: 0, correct: false, turns: [0, 0] },
    { outcome: null, correct: false, turns: [0] },
  ]);

  it.each([
    ['NaN', 'CONTRACT_ADVANTAGE_NOT_FINITE', broken((turns) => (turns[0] = [NaN, 0]))],
    ['infinite', 'CONTRACT_ADVANTAGE_NOT_FINITE', broken((turns) => (turns[1] = [0, -Infinity]))],
    ['one turn short', 'CONTRACT_ADVANTAGE_LENGTH', broken((turns) => turns[0]?.pop())],
    ['one trajectory short', 'CONTRACT_ADVANTAGE_LENGTH', broken((turns) => turns.pop())],
    ['crediting who abstains', 'CONTRACT_ADVANTAGE_FAILED', broken((turns) => (turns[2] = [1]))],
    [
      'sorting its input',
      'CONTRACT_MUTATED_INPUT',
      broken((_turns, groups) => (groups[0]?.shaped as TurnRewards[]).reverse()),
    ],
  ])('%s', (_what, code, estimator) => {
    let caught: unknown;
    try {
      estimate([structuredClone(group)], estimator);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code });
  });
});
