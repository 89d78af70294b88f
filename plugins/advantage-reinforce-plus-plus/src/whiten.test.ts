import { expect, it } from '@jest/globals';
import { whitening } from './whiten.js';

const entry = (value: number, weight: number) => ({ value, weight });

it('counts each value as often as its weight says', () => {
  const written = [1, 1, 1, 4, 0, 0].map((value) => entry(value, 1));
  const weighed = [entry(1, 3), entry(4, 1), entry(0, 2), entry(9, 0)];
  const { center, divisor } = whitening(weighed, 0);
  expect(center).toBeCloseTo(7 / 6, 12);
  // Sum of squares 19 - 49 / 6, over 6 - 1.
  expect(divisor).toBeCloseTo(Math.sqrt((19 - 49 / 6) / 5), 12);
  expect(whitening(written, 0)).toEqual({
    center: expect.closeTo(center, 12),
    divisor: expect.closeTo(divisor ?? 0, 12),
  });
});

it('adds epsilon to the variance, and whitens two tokens', () => {
  expect(whitening([entry(0, 1), entry(2, 1)], 7)).toEqual({ center: 1, divisor: 3 });
});

it('has nothing to compare where all that counts is flat', () => {
  for (const flat of [[], [entry(3, 1)], [entry(3, 2), entry(3, 5)], [entry(3, 2), entry(8, 0)], [entry(8, 0)]]) {
    expect(whitening(flat, 1)).toEqual({ center: 0, divisor: null });
  }
});
