import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gaeAdvantages, gaeOptions } from '@turnwise/advantage-gae';
import { gigpoAdvantages, gigpoOptions } from '@turnwise/advantage-gigpo';
import { gpgAdvantages, gpgOptions } from '@turnwise/advantage-gpg';
import { igpoAdvantages, igpoOptions } from '@turnwise/advantage-igpo';
import { mtGrpoAdvantages, mtGrpoOptions } from '@turnwise/advantage-mt-grpo';
import { reinforcePlusPlusAdvantages, reinforcePlusPlusOptions } from '@turnwise/advantage-reinforce-plus-plus';
import { tspoAdvantages, tspoOptions } from '@turnwise/advantage-tspo';
import {
  type Member,
  group,
  mean,
  sd,
  z,
  returnsOf,
  paidAtEnd,
  expectClose,
  eighth,
  members,
  paidBy,
  gammas,
} from './plain-formulas.js';

/**
 * The formulas of the estimators' docstrings, written out a second time as plainly as can be and compared on random groups:
 * what no reference implementation has a kernel for, and options that the golden numbers leave at their defaults.
 */
it('gae: the others are the critic', () => {
  fc.assert(
    fc.property(members, paidBy, gammas, fc.constantFrom(0, 0.5, 1), (all, rewards, gamma, lambda) => {
      const paid = all.map((member) => (rewards === 'turns' ? member.turns : paidAtEnd(member)));
      const returns = paid.map((turns) => returnsOf(turns, gamma));
      const expected = paid.map((own, member) => {
        const others = returns.filter((_, other) => other !== member);
        const value = (turn: number): number => {
          if (turn >= own.length) return 0;
          const reached = others.filter((turns) => turns.length > turn);
          return reached.length > 0
            ? mean(reached.map((turns) => turns[turn] ?? NaN))
            : mean(others.map(([all = NaN]) => all));
        };
        const surprise = own.map((reward, turn) => reward + gamma * value(turn + 1) - value(turn));
        return returnsOf(surprise, gamma * lambda);
      });
      const [result] = gaeAdvantages([group(...all)], gaeOptions.parse({ rewards, gamma, lambda }));
      expectClose(result?.turns, expected);
    }),
    { seed: 71 },
  );
  expect(gaeAdvantages([group({ outcome: 1, turns: [1, 1] })], gaeOptions.parse({}))[0]?.turns).toEqual([[0, 0]]);
});

it('igpo: gains and outcomes, normalised apart or as one, summed over later turns', () => {
  fc.assert(
    fc.property(
      members,
      fc.constantFrom('separate' as const, 'joint' as const),
      gammas,
      (all, normalization, gamma) => {
        const gains = all.flatMap(({ turns }) => turns.slice(0, -1));
        const outcomes = all.map(({ outcome }) => outcome);
        const epsilon = 0.25;
        const values =
          normalization === 'joint'
            ? z([...gains, ...outcomes], epsilon)
            : [...z(gains, epsilon), ...z(outcomes, epsilon)];
        let next = 0;
        const expected = all.map(({ turns }, member) => {
          const own = turns.slice(1).map(() => values[next++] ?? NaN);
          return returnsOf([...own, values[gains.length + member] ?? NaN], gamma);
        });
        const [result] = igpoAdvantages([group(...all)], igpoOptions.parse({ normalization, gamma, epsilon }));
        expectClose(result?.turns, expected);
      },
    ),
    { seed: 72 },
  );
});

it('mt-grpo: the turn reward up to the first result, and the sum of both where there was none', () => {
  const searching = fc.array(
    fc.integer({ min: 1, max: 4 }).chain((length) => {
      const list = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: length, maxLength: length });
      return fc.record({ outcome: eighth, turns: list(eighth), found: list(fc.boolean()), readAll: fc.boolean() });
    }),
    { minLength: 2, maxLength: 5 },
  );
  fc.assert(
    fc.property(searching, fc.constantFrom(0.5, 2), (drawn, turnWeight) => {
      const all = drawn.map(({ readAll, ...member }) => ({
        ...member,
        read: readAll ? member.turns.map(() => 'r') : [],
      }));
      const first = all.map(({ found, read }) => (read.length > 0 ? found.indexOf(true) : -1));
      const outcomes = all.map(({ outcome }) => outcome);
      const turnRewards = all.map(({ turns }, member) => turns[first[member] ?? NaN] ?? 0);
      const [outcome, turn, both] = [
        outcomes,
        turnRewards,
        outcomes.map((value, member) => value + (turnRewards[member] ?? NaN)),
      ].map((values) => z(values, 1e-4)) as [number[], number[], number[]];
      const expected = all.map(({ turns }, member) =>
        turns.map((_, index) => {
          const last = first[member] ?? NaN;
          if (last === -1) return both[member] ?? NaN;
          return (outcome[member] ?? NaN) + (index <= last ? turnWeight * (turn[member] ?? NaN) : 0);
        }),
      );
      const [result] = mtGrpoAdvantages([group(...all)], mtGrpoOptions.parse({ turnWeight }));
      expectClose(result?.turns, expected);
    }),
    { seed: 73 },
  );
});

it('gpg: rescaled by how rare reward is in the batch, and divided', () => {
  fc.assert(
    fc.property(
      fc.array(members, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(0.5, 1, 4),
      (batch, normalization) => {
        const outcomes = batch.flat().map(({ outcome }) => outcome);
        const alpha = outcomes.length / Math.max(1, outcomes.filter((outcome) => outcome !== 0).length);
        const results = gpgAdvantages(
          batch.map((all) => group(...all)),
          gpgOptions.parse({ normalization }),
        );
        batch.forEach((all, index) => {
          const center = mean(all.map(({ outcome }) => outcome));
          expectClose(
            results[index]?.turns,
            all.map(({ outcome, turns }) => turns.map(() => (alpha * (outcome - center)) / normalization)),
          );
        });
      },
    ),
    { seed: 74 },
  );
});

describe('gigpo', () => {
  it('compares turn rewards from the same observation on', () => {
    fc.assert(
      fc.property(members, paidBy, fc.constantFrom(0.5, 2), (all, paid, stepWeight) => {
        // Everybody reads the same at the same turn, so that those who reached a turn are one cluster.
        const reading = all.map((member) => ({ ...member, read: member.turns.map((_, turn) => `page ${turn}`) }));
        const returns = all.map((member) => returnsOf(paid === 'turns' ? member.turns : paidAtEnd(member), 0.5));
        const outcomes = z(
          all.map(({ outcome }) => outcome),
          0.5,
        );
        const expected = all.map(({ turns }, member) =>
          turns.map((_, turn) => {
            const reached = returns.flatMap((row, other) =>
              row.length > turn ? [{ other, value: row[turn] ?? NaN }] : [],
            );
            const compared = z(
              reached.map(({ value }) => value),
              0.5,
            );
            const own = reached.findIndex(({ other }) => other === member);
            return (outcomes[member] ?? NaN) + stepWeight * (compared[own] ?? NaN);
          }),
        );
        const options = gigpoOptions.parse({
          stepReward: paid === 'turns' ? 'turns' : 'outcome-at-end',
          stepWeight,
          gamma: 0.5,
          epsilon: 0.5,
        });
        expectClose(gigpoAdvantages([group(...reading)], options)[0]?.turns, expected);
      }),
      { seed: 75 },
    );
  });

  it('does not take a turn that begins with nothing read for the first', () => {
    const all = [
      { outcome: 0, turns: [0, 1] },
      { outcome: 0, turns: [0, 1] },
      { outcome: 0, turns: [1] },
    ];
    const options = gigpoOptions.parse({ stepReward: 'turns', gamma: 0, divideByStandardDeviation: false });
    // First turns 0, 0, 1 and second turns 1, 1 are two sets.
    expectClose(gigpoAdvantages([group(...all)], options)[0]?.turns, [[-1 / 3, 0], [-1 / 3, 0], [2 / 3]]);
  });
});

describe('reinforce-plus-plus', () => {
  const options = { baseline: 'group-mean', epsilon: 0.5 } as const;

  it('centres on the group, but not on itself', () => {
    const batch = [
      [
        { outcome: 1, turns: [0, 0] },
        { outcome: 0, turns: [0] },
      ],
      [{ outcome: 1, turns: [0] }],
      [
        { outcome: 0.25, turns: [0] },
        { outcome: 0.25, turns: [0, 0] },
      ],
    ];
    // Outcomes minus the mean of their group at every turn; a group of one keeps its outcome, a flat one has zeros.
    const centred = [[[0.5, 0.5], [-0.5]], [[1]], [[0], [0, 0]]];
    const values = centred.flat(2);
    const divisor = Math.sqrt(sd(values) ** 2 + 0.5);
    const results = reinforcePlusPlusAdvantages(
      batch.map((all) => group(...all)),
      reinforcePlusPlusOptions.parse(options),
    );
    results.forEach(({ turns }, index) => {
      expectClose(turns, centred[index]?.map((row) => row.map((value) => (value - mean(values)) / divisor)) ?? []);
    });
  });

  it('without a baseline compares groups with each other, also those that are flat', () => {
    const flat = (outcome: number) => [0, 1].map(() => ({ outcome, turns: [0] }));
    const plain = reinforcePlusPlusOptions.parse({ epsilon: 0 });
    const results = reinforcePlusPlusAdvantages([group(...flat(1)), group(...flat(0))], plain);
    const value = Math.sqrt(3) / 2;
    expectClose(results[0]?.turns, [[value], [value]]);
    expectClose(results[1]?.turns, [[-value], [-value]]);
  });

  it('sums turn rewards on request', () => {
    fc.assert(
      fc.property(members, gammas, (all, gamma) => {
        const returns = all.map(({ turns }) => returnsOf(turns, gamma));
        const values = returns.flat();
        fc.pre(new Set(values).size > 1);
        const divisor = Math.sqrt(sd(values) ** 2 + 0.5);
        const [result] = reinforcePlusPlusAdvantages(
          [group(...all)],
          reinforcePlusPlusOptions.parse({ rewards: 'turns', gamma, epsilon: 0.5 }),
        );
        expectClose(
          result?.turns,
          returns.map((row) => row.map((value) => (value - mean(values)) / divisor)),
        );
      }),
      { seed: 76 },
    );
  });
});

describe('tspo', () => {
  const plain = { divideByStandardDeviation: false };
  const tspo = (all: readonly Member[], options: object) =>
    tspoAdvantages([group(...all)], tspoOptions.parse({ ...plain, ...options }))[0];

  it('compares groups in which all are right as it is told to', () => {
    const graded = [
      { outcome: 1, correct: true, turns: [1, 0] },
      { outcome: 0.5, correct: true, turns: [0, 0] },
    ];
    const levels = [undefined, 'turn', 'off'].map(
      (allCorrect) => tspo(graded, { level: { mixed: 'turn', allCorrect } })?.turns,
    );
    expect(levels).toEqual([
      [
        [0.25, 0.25],
        [-0.25, -0.25],
      ],
      [
        [0.5, 0],
        [-0.5, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    expect(tspo(graded, { mixedTrajectoryReward: 'latent' })?.turns).toEqual(levels[0]);
  });

  it('compares by the largest turn reward, also where all are losses', () => {
    const losses = [
      { outcome: 0, turns: [-1, -0.5] },
      { outcome: 0, turns: [-0.25] },
      { outcome: 0, turns: [] },
    ];
    // Largest -0.5, -0.25 and, without turns, 0: mean -0.25.
    const turns = tspo(losses, { level: { allWrong: 'trajectory' }, allWrongScale: 1 })?.turns;
    expect(turns).toEqual([[-0.25, -0.25], [0], []]);
  });

  it.each([
    ['seen by somebody wrong', { outcome: 0, turns: [0, 0], firstOccurrence: 0 }, 'turn'],
    ['not looked for, but a turn was paid', { outcome: 0, turns: [0, 0.5] }, 'turn'],
    ['not looked for, and no turn was paid', { outcome: 0, turns: [0, 0] }, 'trajectory'],
    ['not looked for, and turns cost', { outcome: 0, turns: [-1, -0.5] }, 'trajectory'],
    [
      'looked for and not seen, whatever was paid',
      { outcome: 0, turns: [0, 0.5], firstOccurrence: null },
      'trajectory',
    ],
  ] as [string, Member, string][])('takes turns of a mixed group where gold was %s', (_what, wrong, level) => {
    const right = { outcome: 1, correct: true, turns: [1, 0.5], firstOccurrence: 0 };
    expect(tspo([right, wrong], { level: { mixed: 'turn-if-near-miss' } })?.level).toBe(level);
  });

  it('sums over the turns that others played too with pad-zero, and over its own otherwise', () => {
    const all = [
      { outcome: 0, turns: [0, 1] },
      { outcome: 0, turns: [1] },
    ];
    const summed = (statistics: string, gamma = 1) =>
      tspo(all, { statistics, return: 'discounted', gamma, loneCell: 'raw', allWrongScale: 1 })?.turns;
    // Turn 0: -0.5, 0.5. Turn 1: 0.5, and -0.5 for the turn that was not played; or 1 for who is alone there.
    expect(summed('pad-zero')).toEqual([[0, 0.5], [0]]);
    expect(summed('pad-zero', 0.5)).toEqual([[-0.25, 0.5], [0.25]]);
    expect(summed('turn-index')).toEqual([[0.5, 1], [0.5]]);
  });
});
