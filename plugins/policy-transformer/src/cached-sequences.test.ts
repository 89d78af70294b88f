import { describe, expect, it } from '@jest/globals';
import { CachedSequences } from './cached-sequences.js';

const idle: ReadonlySet<number> = new Set();

describe('CachedSequences', () => {
  it('finds the longest prefix that is already cached, and leaves one token to compute', () => {
    const cache = new CachedSequences(2);
    const { slot, cached } = cache.acquire('a', [1, 2, 3], idle) ?? {};
    expect(cached).toBe(0);
    cache.append(slot as number, [1, 2, 3, 4]);
    expect(cache.acquire('a', [1, 2, 3, 4, 5, 6], idle)).toEqual({ slot, cached: 4 });
    cache.append(slot as number, [5, 6]);
    expect(cache.acquire('a', [1, 2, 3, 4, 5, 6], idle)).toEqual({ slot, cached: 5 });
  });

  it('starts over where the tokens differ', () => {
    const cache = new CachedSequences(1);
    cache.acquire('a', [1, 2, 3], idle);
    cache.append(0, [1, 2, 3]);
    expect(cache.acquire('a', [1, 9, 3, 4], idle)).toEqual({ slot: 0, cached: 1 });
  });

  it('gives the place of the longest idle trajectory away, never a busy one', () => {
    const cache = new CachedSequences(2);
    const a = cache.acquire('a', [1], idle)?.slot as number;
    const b = cache.acquire('b', [1], idle)?.slot as number;
    expect(cache.acquire('c', [1], new Set([a, b]))).toBeNull();
    expect(cache.acquire('c', [1], new Set([a]))).toEqual({ slot: b, cached: 0 });
    cache.append(b, [1, 2]);
    // b lost its place: nothing of it is cached any more.
    expect(cache.acquire('b', [1, 2, 3], new Set([b]))).toEqual({ slot: a, cached: 0 });
  });

  it('forgets on release', () => {
    const cache = new CachedSequences(1);
    cache.acquire('a', [1, 2], idle);
    cache.append(0, [1, 2]);
    cache.release('a');
    expect(cache.acquire('a', [1, 2, 3], idle)).toEqual({ slot: 0, cached: 0 });
  });
});
