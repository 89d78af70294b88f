import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mean, standardDeviation } from '../statistics/index.js';
import { isFlat, standardize, type GroupStatistics } from './group-statistics.js';

const grpo: GroupStatistics = { baseline: 'mean', divideByStandardDeviation: true, ddof: 1, epsilon: 1e-6 };
const settings: fc.Arbitrary<GroupStatistics> = fc.record({
  baseline: fc.constantFrom('mean' as const, 'leave-one-out' as const),
  divideByStandardDeviation: fc.boolean(),
  ddof: fc.constantFrom(0 as const, 1 as const),
  epsilon: fc.constantFrom(0, 1e-6, 1e-4),
});
/** Multiples of 1/8, so that a shift by another is exact and never flattens a group. */
const rewards = fc.array(
  fc.integer({ min: -40, max: 40 }).map((value) => value / 8),
  { minLength: 2, maxLength: 16 },
);

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThanOrEqual(tolerance);
  });
}

describe('standardize', () => {
  it('gives the advantages of GRPO', () => {
    expectClose(standardize([1, 0, 0, 0], grpo), [1.499997, -0.499999, -0.499999, -0.499999], 1e-6);
  });

  it('sums to zero with the mean as baseline, and with leave-one-out too', () => {
    fc.assert(
      fc.property(rewards, settings, (values, statistics) => {
        expect(Math.abs(standardize(values, statistics).reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9);
      }),
      { seed: 21 },
    );
  });

  it('ignores a constant added to all rewards', () => {
    fc.assert(
      fc.property(rewards, settings, fc.integer({ min: -800, max: 800 }), (values, statistics, eighths) => {
        const shifted = values.map((value) => value + eighths / 8);
        expectClose(standardize(shifted, statistics), standardize(values, statistics));
      }),
      { seed: 22 },
    );
  });

  it('scales with the rewards when nothing is divided, and not at all when divided without epsilon', () => {
    fc.assert(
      fc.property(rewards, settings, fc.integer({ min: 1, max: 64 }), (values, statistics, factor) => {
        const scaled = values.map((value) => value * factor);
        const plain = { ...statistics, divideByStandardDeviation: false };
        expectClose(
          standardize(scaled, plain),
          standardize(values, plain).map((value) => value * factor),
          1e-9,
        );
        const divided = { ...statistics, divideByStandardDeviation: true, epsilon: 0 };
        expectClose(standardize(scaled, divided), standardize(values, divided), 1e-9);
      }),
      { seed: 23 },
    );
  });

  it('with leave-one-out is n/(n-1) times the mean form, and r minus the mean of the others', () => {
    fc.assert(
      fc.property(rewards, (values) => {
        const plain = { ...grpo, divideByStandardDeviation: false };
        const others = values.map((value, index) => value - mean(values.filter((_, other) => other !== index)));
        const leaveOneOut = standardize(values, { ...plain, baseline: 'leave-one-out' });
        expectClose(leaveOneOut, isFlat(values) ? values.map(() => 0) : others);
        const widening = values.length / (values.length - 1);
        expectClose(
          leaveOneOut,
          standardize(values, plain).map((value) => value * widening),
        );
      }),
      { seed: 24 },
    );
  });

  it('gives exact zeros for flat values, in float64 and float32, and for one value', () => {
    // From the smallest normal float32 number on: below it, float32 has no digits left to be flat to.
    const size = fc.double({ min: 2 ** -126, max: 1e6, noNaN: true });
    const reward = fc.oneof(
      fc.constant(0),
      size,
      size.map((value) => -value),
    );
    fc.assert(
      fc.property(reward, fc.integer({ min: 1, max: 40 }), settings, (value, count, statistics) => {
        const zeros = new Array<number>(count).fill(0);
        expect(
          standardize(
            zeros.map(() => value),
            statistics,
          ),
        ).toEqual(zeros);
        // Some members computed in float32 and some in float64 differ by rounding alone.
        const mixedPrecision = zeros.map((_, index) => (index % 2 === 0 ? Math.fround(value) : value));
        expect(standardize(mixedPrecision, statistics)).toEqual(zeros);
      }),
      { seed: 25 },
    );
    expect(standardize([0.1 + 0.2, 0.3], grpo)).toEqual([0, 0]);
    expect(standardize([], grpo)).toEqual([]);
  });
});

describe('isFlat', () => {
  it('draws the line at twice the rounding of float32, relative to the largest magnitude', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100 }), fc.constantFrom(1, -1), (exponent, sign) => {
        const largest = sign * 2 ** exponent;
        expect(isFlat([largest * (1 - 2 ** -22), largest])).toBe(true);
        expect(isFlat([largest * (1 - 2 ** -21), largest])).toBe(false);
      }),
      { seed: 26 },
    );
    expect(isFlat([])).toBe(true);
    expect(isFlat([5])).toBe(true);
  });
});

describe('standardDeviation', () => {
  it('takes the sample and the population formula', () => {
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9], 0)).toBeCloseTo(2, 12);
    expect(standardDeviation([1, 3], 1)).toBeCloseTo(Math.SQRT2, 12);
    expect(standardDeviation([5], 1)).toBe(0);
    expect(standardDeviation([], 0)).toBe(0);
  });
});
