import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generalizedAdvantages } from './generalized-advantages.js';
import { discountedReturns, maskedReturns, remaxAdvantages } from './returns.js';

const number = fc.integer({ min: -8, max: 8 });
const entries = fc.array(fc.record({ reward: number, value: number, bit: fc.constantFrom(0 as const, 1 as const) }));
const share = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);

function columns(rows: readonly { reward: number; value: number; bit: 0 | 1 }[]) {
  return {
    rewards: rows.map(({ reward }) => reward),
    values: rows.map(({ value }) => value),
    mask: rows.map(({ bit }) => bit),
  };
}

/** What stands at the places of a mask, and what stands elsewhere. */
function split<Item>(items: readonly Item[], mask: readonly (0 | 1)[]): [Item[], Item[]] {
  return [items.filter((_, index) => mask[index] === 1), items.filter((_, index) => mask[index] === 0)];
}

const zeros = (list: readonly unknown[]) => list.map(() => 0);

it('sums what is still to come, discounted: equal to the sum written out', () => {
  fc.assert(
    fc.property(entries, share, (rows, gamma) => {
      const { rewards } = columns(rows);
      const expected = rewards.map((_, turn) =>
        rewards.slice(turn).reduce((sum, reward, distance) => sum + gamma ** distance * reward, 0),
      );
      const returns = discountedReturns(rewards, gamma);
      expect(returns.length).toBe(expected.length);
      returns.forEach((value, turn) => {
        expect(value).toBeCloseTo(expected[turn] ?? NaN, 9);
      });
    }),
    { seed: 51 },
  );
});

it('skips what is masked: the rest is as if it were not there, and what is masked gets zero', () => {
  fc.assert(
    fc.property(entries, share, number, (rows, gamma, greedy) => {
      const { rewards, values, mask } = columns(rows);
      const [kept] = split(rewards, mask);
      const [returns, skipped] = split(maskedReturns(rewards, mask, gamma), mask);
      expect(returns).toEqual(discountedReturns(kept, gamma));
      expect(skipped).toEqual(zeros(skipped));

      const [remax, remaxSkipped] = split(remaxAdvantages(rewards, mask, greedy), mask);
      expect(remax).toEqual(discountedReturns(kept).map((value) => value - greedy));
      expect(remaxSkipped).toEqual(zeros(remaxSkipped));

      const [advantages, without] = split(generalizedAdvantages(rewards, values, mask, gamma, 0.5), mask);
      expect(advantages).toEqual(generalizedAdvantages(kept, split(values, mask)[0], undefined, gamma, 0.5));
      expect(without).toEqual(zeros(without));
    }),
    { seed: 52 },
  );
});

it('generalised advantages are the return minus the value with lambda 1, and the one-step difference with 0', () => {
  fc.assert(
    fc.property(entries, share, (rows, gamma) => {
      const { rewards, values } = columns(rows);
      const all = rewards.map(() => 1 as const);
      const far = discountedReturns(rewards, gamma).map((value, turn) => value - (values[turn] ?? NaN));
      generalizedAdvantages(rewards, values, all, gamma, 1).forEach((value, turn) => {
        expect(value).toBeCloseTo(far[turn] ?? NaN, 9);
      });
      const near = rewards.map((reward, turn) => reward + gamma * (values[turn + 1] ?? 0) - (values[turn] ?? NaN));
      generalizedAdvantages(rewards, values, all, gamma, 0).forEach((value, turn) => {
        expect(value).toBeCloseTo(near[turn] ?? NaN, 9);
      });
    }),
    { seed: 53 },
  );
});
