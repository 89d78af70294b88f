import { describe, expect, it } from '@jest/globals';
import { aligned, range, smoothed, stacked } from './curves.js';

describe('smoothed', () => {
  it('leaves a curve as it is at 0, starts unbiased, and keeps gaps', () => {
    expect(smoothed([1, NaN, 3], 0)).toEqual([1, NaN, 3]);
    expect(smoothed([4, 4, 4], 0.9).map((value) => Number(value.toFixed(9)))).toEqual([4, 4, 4]);
    expect(smoothed([0, 3], 0.5)).toEqual([0, 2]);
  });
});

it('lays runs of other steps on common ones', () => {
  const curve = (steps: number[], values: number[]) => ({ run: '', group: '', steps, values });
  expect(aligned([curve([0, 2], [1, 2]), curve([1, 2], [3, 4])])).toEqual({
    x: [0, 1, 2],
    columns: [
      [1, NaN, 2],
      [NaN, 3, 4],
    ],
  });
});

it('takes mean and range over those that have a value', () => {
  expect(
    range([
      [1, NaN],
      [3, NaN],
      [NaN, 5],
    ]),
  ).toEqual({ mean: [2, 5], low: [1, 5], high: [3, 5] });
});

it('stacks from the last to the first', () => {
  const sums = stacked([[0.5], [0.3], [0.2]]).map(([top = 0]) => Number(top.toFixed(9)));
  expect(sums).toEqual([1, 0.5, 0.2]);
});
