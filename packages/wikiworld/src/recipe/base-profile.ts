import { relationOf, relations } from '../schema/relations.js';
import { faultless, type FaultRates, type Profile } from '../demonstrations/fault-rates.js';

/**
 * Phase one of the recipe: a demonstrator that reads and reasons without fault, but asks poorly at times, so that
 * whoever learns from it also learns what a right passage looks like when it stands last, or is missing.
 */
export const practice: Profile = () => ({ ...faultless, entityOnly: 0.2, relationOnly: 0.1 });

/**
 * Phase two: the imperfect agent that the base checkpoint is. Every fault is one word away from the right move, and the
 * right move keeps real probability everywhere, so that reinforcement learning can find it. It asks poorly, gives up
 * chains on the way, and its worst habit is to waver: with the answer before its eyes it goes back to what it asked
 * about, most of the time unless the answer is a year, and nearly always at the end of a long chain.
 */
export const imperfect: Profile = ({ type, hops, relation }): FaultRates => {
  const careless = { ...faultless, relationOnly: 0.1, skim: 0.05, glance: 0.1, repeat: 0.04 };
  if (type !== 'bridge') return { ...careless, entityOnly: 0.3, guess: 0.6, waver: 0, hasty: 0.5, miscompare: 0.3 };
  if (hops === 3) return { ...careless, entityOnly: 0.25, guess: 0.5, waver: 0.9, hasty: 0.25, miscompare: 0 };
  const waver = relationOf(relation).object === 'year' ? 0.3 : 0.62;
  return { ...careless, entityOnly: 0.3, guess: 0.6, waver, hasty: 0.35, miscompare: 0 };
};

/**
 * Phase two of a base that searches badly and reads well. For one half of the relations it asks for the neighbouring
 * relation, for the other half it forgets the entity, most of the time in questions of one or two facts. What it finds it
 * reads rightly, as far as a poor query's muddle of hits lets it.
 */
export const badSearch: Profile = ({ type, hops, relation }): FaultRates => {
  if (type !== 'bridge') return { ...strays(relation, 0.6, 0.15), guess: 0.6, hasty: 0.3, miscompare: 0.3 };
  if (hops === 3) return { ...strays(relation, 0.4, 0.05), guess: 0.5, waver: 0.1, hasty: 0.05 };
  return { ...strays(relation, 0.6, 0.15), guess: 0.6, waver: 0.2, hasty: 0.1 };
};

/** Phase two of a base that searches nearly as badly, and wavers when it has found the answer. */
export const badBoth: Profile = ({ type, hops, relation }): FaultRates => {
  if (type !== 'bridge') return { ...strays(relation, 0.6, 0.15), guess: 0.6, hasty: 0.3, miscompare: 0.3 };
  if (hops === 3) return { ...strays(relation, 0.35, 0.05), guess: 0.5, waver: 0.75, hasty: 0.05 };
  return { ...strays(relation, 0.5, 0.15), guess: 0.6, waver: 0.8, hasty: 0.1 };
};

/** Poor queries by habit of that relation, and now and then of the other kind. */
function strays(relation: string, habit: number, otherwise: number): FaultRates {
  const asksNeighbour = relations.findIndex(({ id }) => id === relation) % 2 === 1;
  return asksNeighbour
    ? { ...faultless, neighbour: habit, relationOnly: otherwise }
    : { ...faultless, neighbour: otherwise, relationOnly: habit };
}

/** The bases that ship, by name, each with the demonstrator of its phase two. */
export const baseProfiles = {
  quickstart: imperfect,
  'quickstart-bad-search': badSearch,
  'quickstart-bad-both': badBoth,
} satisfies Record<string, Profile>;
export type BaseName = keyof typeof baseProfiles;
