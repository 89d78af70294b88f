import { randomStream } from '../random/index.js';

export interface SignFlipResult {
  /** Two-sided. */
  readonly p: number;
  /** Smallest p that this many differences can give: no data, however clear, goes below it. */
  readonly smallestP: number;
  /** Whether all sign patterns were counted; otherwise `flips` random ones. */
  readonly exact: boolean;
  readonly flips: number;
}

/** Up to so many differences that are not zero, all 2^n patterns are counted. */
const countable = 16;

/**
 * Paired sign-flip permutation test: under the hypothesis that two strategies are exchangeable, each difference is as
 * likely with the other sign. p is the share of sign patterns whose |sum| is at least the observed one; of random
 * patterns, the observed one is counted among them, so that p is never 0 (Phipson and Smyth 2010, arXiv 1603.05766).
 * Differences of exactly zero change nothing and are left out. No differences: p = 1.
 */
export function signFlipTest(differences: readonly number[], flips = 20_000, seed = 0): SignFlipResult {
  const values = differences.filter((value) => value !== 0);
  const count = values.length;
  if (count === 0) return { p: 1, smallestP: 1, exact: true, flips: 1 };
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
  const scale = values.reduce((sum, value) => sum + Math.abs(value), 0);
  // Sums in another order differ in their last bits; a pattern that ties with the observed one counts.
  const reached = observed - 1e-12 * scale;
  if (count <= countable) {
    const patterns = 2 ** count;
    let extreme = 0;
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0;
      for (let index = 0; index < count; index++)
        sum += (pattern >> index) & 1 ? -(values[index] as number) : (values[index] as number);
      if (Math.abs(sum) >= reached) extreme++;
    }
    return { p: extreme / patterns, smallestP: 2 / patterns, exact: true, flips: patterns };
  }
  const random = randomStream(seed, 'sign-flip', count);
  let extreme = 0;
  for (let flip = 0; flip < flips; flip++) {
    let sum = 0;
    for (const value of values) sum += random.next() < 0.5 ? value : -value;
    if (Math.abs(sum) >= reached) extreme++;
  }
  return { p: (extreme + 1) / (flips + 1), smallestP: 1 / (flips + 1), exact: false, flips };
}
