import type { EntityKind } from './relation.js';

/** Passages that answer nothing: they crowd the hits of a query that names only the entity. */
export const trivia: Readonly<Record<EntityKind, readonly string[]>> = {
  person: ['{s} kept bees.', '{s} played the flute.', '{s} liked long walks.', '{s} was known for maps.'],
  place: ['{s} is known for bread.', '{s} has an old bridge.', '{s} lies by a lake.', '{s} is a quiet town.'],
  organisation: ['{s} sells lamps.', '{s} has many members.', '{s} is known for ships.', '{s} keeps an old library.'],
  work: ['{s} is a long novel.', '{s} won a prize.', '{s} is known for jokes.', '{s} was read in schools.'],
};

/** How a second name is stated. */
export const aliasSentence = '{s} is also called {o}.';

/** Second sentences, which say nothing about any relation. */
export const afterthoughts: readonly string[] = ['Records agree.', 'Few recall this.', 'Letters tell the story.'];

/** Questions that set two people side by side. */
export const comparisons = {
  earlier: 'Who was born earlier, {a} or {b}?',
  later: 'Who was born later, {a} or {b}?',
} as const;

/** How a chain continues inside a question: "the mother of the teacher of X". */
export const nested = 'the {r} of {}';
