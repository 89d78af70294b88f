import { expect, test } from '@jest/globals';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half-precision.js';

const pairs = [
  ['bfloat16', bfloat16ToFloat32, float32ToBfloat16],
  ['float16', float16ToFloat32, float32ToFloat16],
] as const;

test.each(pairs)('every %s comes back from float32', (_, widen, narrow) => {
  for (let half = 0; half < 2 ** 16; half++) {
    const value = widen(half);
    if (Number.isNaN(value)) expect(widen(narrow(value))).toBeNaN();
    else if (narrow(value) !== half) throw new Error(`${half} is ${value}, which becomes ${narrow(value)}`);
  }
});

test.each(pairs)('between two neighbours a %s is the nearer, the even one in the middle', (_, widen, narrow) => {
  for (let half = 0; half < 0x7bff; half += 7) {
    const [low, high] = [widen(half), widen(half + 1)];
    const middle = (low + high) / 2;
    expect(narrow(middle)).toBe(half % 2 === 0 ? half : half + 1);
    expect(narrow(-middle) & 0x7fff).toBe(half % 2 === 0 ? half : half + 1);
    expect(narrow(Math.fround(low + (high - low) * 0.4))).toBe(half);
    expect(narrow(Math.fround(low + (high - low) * 0.6))).toBe(half + 1);
  }
});
