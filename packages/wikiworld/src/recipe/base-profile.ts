import { relationOf } from '../schema/relations.js';
import type { FaultRates, Profile } from '../demonstrations/fault-rates.js';

/**
 * Phase one of the recipe: a demonstrator that reads and reasons without fault, but asks poorly at times, so that
 * whoever learns from it also learns what a right passage looks like when it stands last, or is missing.
 */
export const practice: Profile = () => ({
  entityOnly: 0.2,
  relationOnly: 0.1,
  skim: 0,
  glance: 0,
  guess: 0,
  repeat: 0,
  waver: 0,
  hasty: 0,
  miscompare: 0,
});

/**
 * Phase two: the imperfect agent that the base checkpoint is. Every fault is one word away from the right move, and the
 * right move keeps real probability everywhere, so that reinforcement learning can find it. It asks poorly, gives up
 * chains on the way, and its worst habit is to waver: with the answer before its eyes it goes back to what it asked
 * about, most of the time unless the answer is a year, and nearly always at the end of a long chain.
 */
export const imperfect: Profile = ({ type, hops, relation }): FaultRates => {
  const careless = { relationOnly: 0.1, skim: 0.05, glance: 0.1, repeat: 0.04 };
  if (type !== 'bridge') return { ...careless, entityOnly: 0.3, guess: 0.6, waver: 0, hasty: 0.5, miscompare: 0.3 };
  if (hops === 3) return { ...careless, entityOnly: 0.25, guess: 0.5, waver: 0.9, hasty: 0.25, miscompare: 0 };
  const waver = relationOf(relation).object === 'year' ? 0.3 : 0.62;
  return { ...careless, entityOnly: 0.3, guess: 0.6, waver, hasty: 0.35, miscompare: 0 };
};
