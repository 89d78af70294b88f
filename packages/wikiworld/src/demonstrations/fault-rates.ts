/**
 * How often a demonstrator errs, each a probability in [0, 1] of one decision, drawn anew at every decision. The
 * faults of one decision exclude each other: their rates add up to at most 1.
 */
export interface FaultRates {
  /** Query: the entity's name alone. */
  readonly entityOnly: number;
  /** Query: the relation's keywords alone. */
  readonly relationOnly: number;
  /** Query: the entity's name with the keywords of another relation, the next one its kind of entity has. */
  readonly neighbour: number;
  /** Reading: does not look, takes the subject itself for the object ("surely Tinvek"). */
  readonly skim: number;
  /** Reading: looks at the end only, takes the last name or year of all hits ("perhaps Morlok"). */
  readonly glance: number;
  /** Not found: glances instead of searching again. */
  readonly guess: number;
  /** Found: asks the same query once more instead of reading. */
  readonly repeat: number;
  /** Answer of a chain: has read right, but goes back to the subject it asked about ("Tinvek teacher Morlok or Tinvek"). */
  readonly waver: number;
  /** Chain: answers with an entity on the way before the chain is done. */
  readonly hasty: number;
  /** Comparison: draws the wrong conclusion from the right facts. */
  readonly miscompare: number;
}

/** What a demonstrator is about to do. */
export interface DecisionContext {
  readonly type: string;
  readonly hops: number;
  /** 0-based number of the fact that is looked up. */
  readonly step: number;
  readonly relation: string;
}

/** A demonstrator: how it errs in which situation. */
export type Profile = (context: DecisionContext) => FaultRates;

/** Never errs. */
export const faultless: FaultRates = {
  entityOnly: 0,
  relationOnly: 0,
  neighbour: 0,
  skim: 0,
  glance: 0,
  guess: 0,
  repeat: 0,
  waver: 0,
  hasty: 0,
  miscompare: 0,
};

const always =
  (rates: Partial<FaultRates>): Profile =>
  () => ({ ...faultless, ...rates });

/** Demonstrators of one character each. */
export const profiles = {
  /** Never errs. */
  expert: always({}),
  /** Answers with the first entity on the way. */
  hasty: always({ hasty: 1, guess: 1 }),
  /** Asks poorly and takes what comes. */
  vague: always({ entityOnly: 0.5, relationOnly: 0.5, guess: 1 }),
  /** Finds the passage and reads it wrongly. */
  misread: always({ skim: 0.3, glance: 0.3, waver: 1, miscompare: 1 }),
  /** Asks the same again until its turns are spent. */
  wanderer: always({ repeat: 1 }),
} satisfies Record<string, Profile>;
