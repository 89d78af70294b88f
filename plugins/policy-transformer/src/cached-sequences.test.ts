import { describe, expect, it } from '@jest/globals';
import { CachedSequences } from './cached-sequences.js';

const idle: ReadonlySet<number> = new Set();
const own = { copyFrom: null };

describe('CachedSequences', () => {
  it('finds the longest prefix that is already cached, and leaves one token to compute', () => {
    const cache = new CachedSequences(2);
    const { slot, cached } = cache.acquire('a', [1, 2, 3], idle) ?? {};
    expect(cached).toBe(0);
    cache.append(slot as number, [1, 2, 3, 4]);
    expect(cache.acquire('a', [1, 2, 3, 4, 5, 6], idle)).toEqual({ slot, cached: 4, ...own });
    cache.append(slot as number, [5, 6]);
    expect(cache.acquire('a', [1, 2, 3, 4, 5, 6], idle)).toEqual({ slot, cached: 5, ...own });
  });

  it('starts over where the tokens differ', () => {
    const cache = new CachedSequences(1);
    cache.acquire('a', [1, 2, 3], idle);
    cache.append(0, [1, 2, 3]);
    expect(cache.acquire('a', [1, 9, 3, 4], idle)).toEqual({ slot: 0, cached: 1, ...own });
  });

  it('gives the place of the longest idle trajectory away, never a busy one', () => {
    const cache = new CachedSequences(2);
    const a = cache.acquire('a', [1], idle)?.slot as number;
    const b = cache.acquire('b', [1], idle)?.slot as number;
    expect(cache.acquire('c', [1], new Set([a, b]))).toBeNull();
    expect(cache.acquire('c', [1], new Set([a]))).toEqual({ slot: b, cached: 0, ...own });
    cache.append(b, [4, 2]);
    // b lost its place: nothing of it is cached any more.
    expect(cache.acquire('b', [1, 2, 3], new Set([b]))).toEqual({ slot: a, cached: 0, ...own });
  });

  it('takes a prefix over from a trajectory that started alike, whoever shares most', () => {
    const cache = new CachedSequences(3);
    for (const [slot, tokens] of [
      [1, 2, 9],
      [1, 2, 3, 4],
    ].entries()) {
      expect(cache.acquire(`t${slot}`, tokens, idle)?.slot).toBe(slot);
      cache.append(slot, tokens.slice(cache.longestCached(tokens)));
    }
    expect(cache.longestCached([1, 2, 3, 5])).toBe(3);
    expect(cache.acquire('c', [1, 2, 3, 5], new Set([0, 1]))).toEqual({ slot: 2, cached: 3, copyFrom: 1 });
  });

  it('still knows on the next use what a released slot holds, until the slot is given away', () => {
    const cache = new CachedSequences(2);
    cache.acquire('a', [1, 2], idle);
    cache.append(0, [1, 2]);
    cache.release('a');
    expect(cache.longestCached([1, 2, 3])).toBe(2);
    // An empty slot is taken before one that may be of use.
    expect(cache.acquire('b', [1, 2, 3], idle)).toEqual({ slot: 1, cached: 2, copyFrom: 0 });
    expect(cache.acquire('c', [7, 8], new Set([1]))).toEqual({ slot: 0, cached: 0, ...own });
    cache.release('b');
    cache.release('c');
    cache.clear();
    expect(cache.longestCached([1, 2, 3])).toBe(0);
  });
});
