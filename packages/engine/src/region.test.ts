import { expect, test } from '@jest/globals';
import { Region } from './region.js';

test('runs follow one another, each at a multiple of 32 bytes, and count from where the region starts', () => {
  for (const start of [0, 4096]) {
    const region = new Region(start);
    expect([8, 1, 0, 9, 1].map((count) => region.take(count) - start)).toEqual([0, 32, 64, 64, 128]);
    expect(region.bytes()).toBe(160);
  }
});
