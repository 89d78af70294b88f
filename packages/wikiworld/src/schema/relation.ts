/** What an entity is. Years are values, not entities. */
export type EntityKind = 'person' | 'place' | 'organisation' | 'work';

/**
 * One functional relation: a subject has at most one object. In all texts `{s}` stands for the subject, `{o}` for the
 * object, `{}` for what is asked about.
 */
export interface Relation {
  /** Also the one-word noun of "the <id> of X" and of the demonstrator's sub-goals. */
  readonly id: string;
  readonly subject: EntityKind;
  readonly object: EntityKind | 'year';
  /** Ways to say the fact in one sentence; each holds at least one keyword. */
  readonly sentences: readonly string[];
  /** Ways to ask for the object. */
  readonly questions: readonly string[];
  /** What a good query adds to the subject's name. Together they meet every sentence, up to stemming. */
  readonly keywords: readonly string[];
}
