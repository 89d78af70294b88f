import { relationOf, relations } from '../schema/relations.js';
import type { FaultRates, Profile } from '../demonstrations/fault-rates.js';

/**
 * Phase one of the recipe: a demonstrator that reads and reasons without fault, but asks poorly at times, so that
 * whoever learns from it also learns what a right passage looks like when it stands last, or is missing.
 */
export const practice: Profile = () => ({
  entityOnly: 0.2,
  relationOnly: 0.1,
  mixUp: 0.1,
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
 * right move keeps real probability everywhere, so that reinforcement learning can find it. What it does most often is
 * wrong in ways that differ from relation to relation, so that no single correction mends it:
 * - of every other relation it asks for the neighbour (the mother instead of the birthplace);
 * - with the answer before its eyes it wavers and goes back to what it asked about, most of the time for half of the
 *   relations and nearly always at the end of a long chain.
 */
export const imperfect: Profile = ({ type, hops, relation }): FaultRates => {
  const position = relations.indexOf(relationOf(relation));
  const query =
    position % 2 === 0
      ? { entityOnly: 0.12, relationOnly: 0.08, mixUp: 0.5 }
      : { entityOnly: 0.18, relationOnly: 0.08, mixUp: 0.12 };
  const careless = { ...query, skim: 0.05, glance: 0.08, guess: 0.5, repeat: 0.04 };
  if (type !== 'bridge') return { ...careless, waver: 0, hasty: 0.5, miscompare: 0.3 };
  if (hops === 3) return { ...careless, waver: 0.85, hasty: 0.2, miscompare: 0 };
  return { ...careless, waver: position % 4 < 2 ? 0.7 : 0.35, hasty: 0.3, miscompare: 0 };
};
