import { relationOf } from '../schema/relations.js';
import type { FaultRates, Profile } from '../demonstrations/fault-rates.js';

/**
 * Phase one of the recipe: a demonstrator that reads and reasons without fault, but asks poorly at times, so that
 * whoever learns from it also learns what a right passage looks like when it stands last, or is missing.
 */
export const practice: Profile = () => ({
  entityOnly: 0.2,
  relationOnly: 0.1,
  readSubject: 0,
  readOther: 0,
  guess: 0,
  repeat: 0,
  hasty: 0,
  miscompare: 0,
});

/**
 * Phase two: the imperfect agent that the base checkpoint is. Every fault is one decision away from the right move, and
 * the right move keeps real probability everywhere, so that reinforcement learning can find it. What the agent does
 * most often is wrong in two habits: about people it reads the one it asked about instead of the one it asked for, and
 * in long chains it misreads the last passage although it holds the answer.
 */
export const imperfect: Profile = ({ type, hops, step, relation }): FaultRates => {
  const last = step === hops - 1;
  const aboutPeople = relationOf(relation).object === 'person';
  const careless = { entityOnly: 0.3, relationOnly: 0.1, guess: 0.5, repeat: 0.04, miscompare: 0.25 };
  if (type !== 'bridge') return { ...careless, readSubject: 0.05, readOther: 0.15, hasty: 0.5 };
  if (!last) return { ...careless, readSubject: 0.08, readOther: 0.12, hasty: hops === 3 ? 0.25 : 0.3 };
  if (hops === 3) return { ...careless, readSubject: 0.5, readOther: 0.25, hasty: 0 };
  return aboutPeople
    ? { ...careless, readSubject: 0.5, readOther: 0.15, hasty: 0 }
    : { ...careless, readSubject: 0.2, readOther: 0.25, hasty: 0 };
};
