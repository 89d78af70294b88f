import { randomStream, shuffled } from '@turnwise/core';
import { firstSyllables, lastSyllables } from './syllables.js';

/** Which half of the world an entity lives in. */
export type Split = 'train' | 'held-out';

/**
 * Share of all names that no training ever uses, neither of the base checkpoint nor of a run on the `train` questions.
 */
const heldOutShare = 0.25;

/**
 * The names of both halves: all 2304 pairs of syllables, divided once and for all. The division does not depend on the
 * world's seed, so names that the base checkpoint never saw stay unseen in every world.
 */
export const namePools: Readonly<Record<Split, readonly string[]>> = divideNames();

function divideNames(): Record<Split, readonly string[]> {
  const all = firstSyllables.flatMap((first) => lastSyllables.map((last) => first + last));
  const order = shuffled(all, randomStream(1, 'wikiworld', 'name-pools'));
  const heldOut = Math.round(order.length * heldOutShare);
  return { 'held-out': order.slice(0, heldOut), train: order.slice(heldOut) };
}

const everyName = new Set(Object.values(namePools).flat());

/** Whether a word is a name of the world, of either half. */
export function isName(word: string): boolean {
  return everyName.has(word);
}
