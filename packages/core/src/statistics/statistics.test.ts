import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomStream } from '../random/index.js';
import { crossedBootstrap, tableDifference, tableMean } from './crossed-bootstrap.js';
import { holm } from './holm.js';
import { percentileInterval, quantile } from './interval.js';
import { signFlipTest } from './sign-flip-test.js';
import { spread } from './spread.js';

describe('quantile', () => {
  it('interpolates as NumPy does', () => {
    const expected = [1, 1.3, 3, 6.8, 8];
    [0, 0.1, 0.5, 0.9, 1].forEach((q, index) =>
      expect(quantile([1, 2, 4, 8], q)).toBeCloseTo(expected[index] as number, 12),
    );
    expect(quantile([], 0.5)).toBeNaN();
    expect(percentileInterval(Float64Array.from([3, 1, 2]), 1)).toEqual({ low: 1, high: 3 });
  });
});

describe('holm', () => {
  it('gives the adjusted values of R p.adjust(method = "holm")', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((value, index) => expect(adjusted[index]).toBeCloseTo(value, 12));
    expect(holm([Number.NaN, 0.5])).toEqual([Number.NaN, 0.5]);
  });

  it('never lowers a value, keeps their order, and lies between the raw values and Bonferroni', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, (raw) => {
        const adjusted = holm(raw);
        raw.forEach((p, index) => {
          expect(adjusted[index]).toBeGreaterThanOrEqual(p);
          expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * raw.length));
          raw.forEach((other, place) => {
            if (other < p) expect(adjusted[place]).toBeLessThanOrEqual(adjusted[index] as number);
          });
        });
      }),
      { seed: 41 },
    );
  });
});

describe('signFlipTest', () => {
  it('counts all patterns of a few differences', () => {
    // Of 2^5 patterns only all-plus and all-minus reach the sum.
    expect(signFlipTest([1, 2, 3, 4, 5])).toEqual({ p: 2 / 32, smallestP: 2 / 32, exact: true, flips: 32 });
    // |sum| of (3, -1): 2; of the four patterns all reach it.
    expect(signFlipTest([3, -1]).p).toBe(1);
    // |1+1-1| = 1 is reached by every pattern of three ones.
    expect(signFlipTest([1, 1, -1]).p).toBe(1);
    expect(signFlipTest([0, 0])).toMatchObject({ p: 1, smallestP: 1 });
    // |sum| = 3.5 is reached where 1.5 and 2 agree and at least one of the halves is with them: 6 of 16.
    expect(signFlipTest([0.5, 1.5, 2, -0.5]).p).toBe(6 / 16);
  });

  it('counts up to 16 differences, and draws from 17 on', () => {
    expect(signFlipTest(Array.from({ length: 16 }, () => 1))).toEqual({
      p: 2 / 65_536,
      smallestP: 2 / 65_536,
      exact: true,
      flips: 65_536,
    });
    expect(signFlipTest([...Array.from({ length: 16 }, () => 1), 0, 0]).exact).toBe(true);
    expect(signFlipTest(Array.from({ length: 17 }, () => 1)).exact).toBe(false);
  });

  it('counts what was observed among the random patterns', () => {
    // Of 99 patterns of 40 differences none but the observed one reaches their sum.
    const clear = Array.from({ length: 40 }, () => 1);
    expect(signFlipTest(clear, 99)).toEqual({ p: 0.01, smallestP: 0.01, exact: false, flips: 99 });
    // And here every one does: an odd number of ones is never less than one apart.
    const level = Array.from({ length: 41 }, (_, index) => (index % 2 === 0 ? 1 : -1));
    expect(signFlipTest(level, 99).p).toBe(1);
  });

  it('takes a sum for the same that differs in its last bits only', () => {
    // 0.1 + 0.2 + 0.3 in floating point is not 0.3 + 0.2 + 0.1.
    for (const values of [
      [0.1, 0.2, 0.3],
      [0.3, 0.2, 0.1],
    ])
      expect(signFlipTest(values).p).toBe(2 / 8);
    const large = [1e9, 2e9, 3e9, 0.1, 0.7, 0.3];
    expect(signFlipTest(large).p).toBe(signFlipTest([...large].reverse()).p);
  });

  it('agrees with the count when it draws at random', () => {
    const random = randomStream(5, 'differences');
    const differences = Array.from({ length: 17 }, () => random.next() - 0.35);
    const drawn = signFlipTest(differences);
    expect(drawn.exact).toBe(false);
    let extreme = 0;
    const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
    for (let pattern = 0; pattern < 2 ** 17; pattern++) {
      const sum = differences.reduce((total, value, index) => total + ((pattern >> index) & 1 ? -value : value), 0);
      if (Math.abs(sum) >= observed - 1e-12) extreme++;
    }
    // Three standard errors of 20,000 draws.
    const p = extreme / 2 ** 17;
    expect(Math.abs(drawn.p - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / 20_000) + 1e-4);
  });

  it('does not depend on the sign, the scale or the order', () => {
    const differences = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(differences, (values) => {
        const { p, smallestP } = signFlipTest(values);
        expect(p).toBeGreaterThanOrEqual(smallestP);
        expect(p).toBeLessThanOrEqual(1);
        expect(signFlipTest(values.map((value) => -value)).p).toBe(p);
        expect(signFlipTest(values.map((value) => value * 0.001)).p).toBe(p);
        expect(signFlipTest([...values].reverse()).p).toBe(p);
      }),
      { seed: 42 },
    );
  });

  it('keeps its level: without a difference, p below 0.1 happens in about a tenth of the cases', () => {
    let below = 0;
    for (let trial = 0; trial < 400; trial++) {
      const random = randomStream(trial, 'level');
      if (signFlipTest(Array.from({ length: 8 }, () => random.next() - 0.5)).p <= 0.1) below++;
    }
    expect(below / 400).toBeGreaterThan(0.05);
    expect(below / 400).toBeLessThan(0.15);
  });
});

describe('crossedBootstrap', () => {
  it('has no width where nothing varies, and holds what varies only by seed or only by question', () => {
    const bySeed = [
      [0.2, 0.2, 0.2],
      [0.6, 0.6, 0.6],
    ];
    expect(crossedBootstrap(bySeed, { over: 'questions' })).toEqual({
      low: expect.closeTo(0.4, 12),
      high: expect.closeTo(0.4, 12),
    });
    const over = crossedBootstrap(bySeed, { over: 'both' });
    expect([over.low, over.high].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([0.2, 0.6]);
    expect(crossedBootstrap([], { over: 'both' }).low).toBeNaN();
  });

  it('is as wide over questions as the normal approximation, for many questions', () => {
    const random = randomStream(9, 'bernoulli');
    const row = Array.from({ length: 400 }, () => (random.next() < 0.7 ? 1 : 0));
    const share = tableMean([row]);
    const error = Math.sqrt((share * (1 - share)) / 400);
    const { low, high } = crossedBootstrap([row], { over: 'questions' });
    expect(low).toBeCloseTo(share - 1.96 * error, 2);
    expect(high).toBeCloseTo(share + 1.96 * error, 2);
  });

  it('covers the true mean about as often as it says when rows and columns both vary', () => {
    let covered = 0;
    const trials = 150;
    for (let trial = 0; trial < trials; trial++) {
      const random = randomStream(trial, 'coverage');
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
      const seeds = Array.from({ length: 12 }, () => 0.3 * normal());
      const questions = Array.from({ length: 30 }, () => 0.5 * normal());
      const table = seeds.map((seed) => questions.map((question) => seed + question + 0.3 * normal()));
      const { low, high } = crossedBootstrap(table, { over: 'both', resamples: 400, seed: trial });
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.87);
  });

  it('is of no table without rows or without columns', () => {
    for (const table of [[], [[]], [[], []]]) {
      expect(crossedBootstrap(table, { over: 'both' })).toEqual({ low: Number.NaN, high: Number.NaN });
    }
    expect(tableMean([])).toBeNaN();
  });

  it('gives the same interval for the same seed, and subtracts cell by cell', () => {
    const table = [
      [0, 1, 0.5],
      [1, 1, 0],
    ];
    expect(crossedBootstrap(table, { over: 'both' })).toEqual(crossedBootstrap(table, { over: 'both' }));
    expect(
      tableDifference(table, [
        [0, 0, 0],
        [1, 0, 0],
      ]),
    ).toEqual([
      [0, 1, 0.5],
      [0, 1, 0],
    ]);
  });
});

describe('spread', () => {
  it('uses the sample formula', () => {
    expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ mean: 5, min: 2, max: 9 });
    expect(spread([2, 4, 4, 4, 5, 5, 7, 9]).standardDeviation).toBeCloseTo(2.138089935, 9);
    expect(spread([3]).standardDeviation).toBe(0);
    expect(spread([])).toEqual({
      mean: Number.NaN,
      standardDeviation: 0,
      min: Number.NaN,
      max: Number.NaN,
      values: [],
    });
  });
});
