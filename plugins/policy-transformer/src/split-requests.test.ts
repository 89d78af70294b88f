import { describe, expect, it } from '@jest/globals';
import { splitRequests } from './split-requests.js';

const request = (length: number) => ({ tokenIds: Array.from({ length }, (_, i) => i), from: 1 });
const lengths = (passes: ReturnType<typeof splitRequests>): number[][] =>
  passes.map((pass) => pass.map(({ tokenIds }) => tokenIds.length));
const sizes = (passes: ReturnType<typeof splitRequests>): number[] =>
  lengths(passes).map((pass) => pass.reduce((sum, length) => sum + length, 0));

describe('requests split among workers', () => {
  it('give each as much, also where all would fit one pass', () => {
    const eight = Array.from({ length: 8 }, () => request(10));
    expect(sizes(splitRequests(eight, 1000, 2))).toEqual([40, 40]);
    expect(sizes(splitRequests(eight, 1000, 4))).toEqual([20, 20, 20, 20]);
    // 80 tokens in passes of 70: two of 40 instead of 70 and 10.
    expect(sizes(splitRequests(eight, 70, 2))).toEqual([40, 40]);
    expect(sizes(splitRequests(eight, 30, 2))).toEqual([20, 20, 20, 20]);
    expect(lengths(splitRequests([10, 10, 60, 10, 10].map(request), 1000, 2))).toEqual([
      [10, 10],
      [60, 10, 10],
    ]);
  });

  it('without tokens are left to be refused by who scores them', () => {
    expect(splitRequests([request(0)], 64, 2)).toEqual([[request(0)]]);
  });

  it('are all there, once and in their order, in passes that are never empty', () => {
    for (const workers of [1, 2, 3, 7]) {
      for (const maxTokens of [1, 5, 64, 1000]) {
        for (const many of [0, 1, 2, 5, 40]) {
          const requests = Array.from({ length: many }, (_, i) => request(1 + ((i * 37) % 23)));
          const passes = splitRequests(requests, maxTokens, workers);
          expect(passes.flat()).toEqual(requests);
          expect(passes.every((pass) => pass.length > 0)).toBe(true);
          const longest = Math.max(0, ...requests.map(({ tokenIds }) => tokenIds.length));
          for (const size of sizes(passes)) expect(size).toBeLessThanOrEqual(maxTokens + longest);
        }
      }
    }
  });
});
