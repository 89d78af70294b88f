import type { Split } from '../names/name-pools.js';
import type { EntityKind } from '../schema/relation.js';

/** One thing the world states: the object of a relation of a subject, and the passage that says so. */
export interface Fact {
  readonly split: Split;
  readonly subject: string;
  /** Id of the relation. */
  readonly relation: string;
  /** A name, or a year as text. */
  readonly object: string;
  readonly objectKind: EntityKind | 'year';
  /** The object's second name, when it has one. */
  readonly objectAlias: string | null;
  readonly passageId: string;
}

/** A fact before its passage is written. */
export type UnwrittenFact = Omit<Fact, 'passageId'>;

/** Finds facts by subject and relation, and by passage. */
export class FactIndex {
  readonly #bySubject = new Map<string, Fact>();
  readonly #byPassage = new Map<string, Fact>();

  constructor(facts: readonly Fact[]) {
    for (const fact of facts) {
      this.#bySubject.set(`${fact.subject} ${fact.relation}`, fact);
      this.#byPassage.set(fact.passageId, fact);
    }
  }

  /** What the world says about that relation of that name; `undefined` when it says nothing. */
  find(subject: string, relation: string): Fact | undefined {
    return this.#bySubject.get(`${subject} ${relation}`);
  }

  /** The fact that a passage states; `undefined` for trivia and aliases. */
  statedBy(passageId: string): Fact | undefined {
    return this.#byPassage.get(passageId);
  }
}
