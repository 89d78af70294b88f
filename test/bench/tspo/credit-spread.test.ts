import { describe, expect, it } from '@jest/globals';
import { creditSpread } from './credit-spread.js';

describe('creditSpread', () => {
  it('takes the mean square apart into group, trajectory and turn', () => {
    const spread = creditSpread([
      [
        [1, 3],
        [-2, -2],
      ],
      [[0, 0], [0]],
    ]);
    expect(spread.uniformTrajectories).toBe(2 / 3);
    expect(spread.deadGroups).toBe(0.5);
    expect(spread.meanSquare).toBeCloseTo(18 / 7, 12);
    expect(spread.shares.trajectory).toBeCloseTo(16 / 18, 12);
    expect(spread.shares.turn).toBeCloseTo(2 / 18, 12);
    expect(spread.shares.group).toBe(0);
  });

  it('adds up to the whole when trajectories differ in length', () => {
    const { meanSquare, shares } = creditSpread([[[1, 2, 3], [5], [-1, 0.5]]]);
    expect(meanSquare).toBeCloseTo((1 + 4 + 9 + 25 + 1 + 0.25) / 6, 12);
    expect(shares.group + shares.trajectory + shares.turn).toBeCloseTo(1, 12);
  });
});
