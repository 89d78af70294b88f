import { describe, expect, it } from '@jest/globals';
import { expendable, isBetter } from './retention.js';

describe('expendable', () => {
  it.each([
    [[2, 4, 6, 8], { newest: null, also: [] }, []],
    [[2, 4, 6, 8], { newest: 2, also: [] }, [2, 4]],
    [[2, 4, 6, 8], { newest: 2, also: [2] }, [4]],
    [[2, 4, 6, 8], { newest: 9, also: [] }, []],
    [[], { newest: 1, also: [3] }, []],
    [[0, 2, 4, 6, 8], { newest: 1, also: [0], goodBefore: 5 }, [2, 6]],
    [[2, 4, 6], { newest: 1, also: [], goodBefore: 1 }, [2, 4]],
    [[2, 4, 6], { newest: 1, also: [], goodBefore: 4 }, [2]],
  ])('%j with %j: %j', (steps, retention, gone) => {
    expect(expendable(steps, retention)).toEqual(gone);
  });
});

describe('isBetter', () => {
  it('wants more or less, keeps the first of equals, and takes no number that is not finite', () => {
    const most = { metric: 'a', mode: 'max' } as const;
    const least = { metric: 'a', mode: 'min' } as const;
    expect([isBetter(1, null, most), isBetter(2, { value: 1 }, most), isBetter(1, { value: 1 }, most)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([0, 1, 2].map((value) => isBetter(value, { value: 1 }, least))).toEqual([true, false, false]);
    expect([isBetter(NaN, null, most), isBetter(-Infinity, { value: 1 }, least)]).toEqual([false, false]);
  });
});
