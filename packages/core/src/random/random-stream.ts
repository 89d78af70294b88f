import { createHash, hash } from 'node:crypto';
import type { RandomStream } from '../contract/index.js';

/**
 * Derives a 32-bit seed from a run seed and the names of what it is for, e.g. `(7, 'sample', step, question, index in the
 * group, turn)`. Streams are named and never shared, so the same configuration gives the same run however tasks interleave.
 */
export function deriveSeed(seed: number, ...names: readonly (string | number)[]): number {
  // One call instead of an object with methods: this runs once for each turn.
  const digest = hash('sha256', JSON.stringify([seed, ...names]), 'hex');
  const bytes = Number.parseInt(digest.slice(0, 8), 16);
  return (((bytes & 0xff) << 24) | ((bytes & 0xff00) << 8) | ((bytes >>> 8) & 0xff00) | (bytes >>> 24)) >>> 0;
}

/** Where a stream stands: three words of state and a counter, each a signed 32-bit integer. */
export type StreamPosition = readonly [number, number, number, number];

/** A stream that can be put down and taken up again. */
export interface ResumableStream extends RandomStream {
  position(): StreamPosition;
  goTo(position: StreamPosition): void;
}

/**
 * A seeded stream of uniform numbers: sfc32, a small generator that passes PractRand, with 53 bits a draw.
 * Named parts after the seed select independent streams.
 */
export function randomStream(seed: number, ...names: readonly (string | number)[]): RandomStream {
  return resumableStream(seed, ...names);
}

/** The same stream as {@link randomStream}, for callers that keep its position in a checkpoint. */
export function resumableStream(seed: number, ...names: readonly (string | number)[]): ResumableStream {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest();
  let a = digest.readUInt32LE(0) | 0;
  let b = digest.readUInt32LE(4) | 0;
  let c = digest.readUInt32LE(8) | 0;
  let counter = 1;
  const word = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  const next = (): number => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
  return {
    next,
    integer: (bound) => Math.floor(next() * bound),
    position: () => [a, b, c, counter],
    goTo: (position) => {
      [a, b, c, counter] = position;
    },
  };
}

/** Fisher-Yates shuffle into a new array. */
export function shuffled<Item>(items: readonly Item[], random: RandomStream): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}
