import type { Question } from '@turnwise/core';
import type { Fact } from './fact.js';

/** The kinds of question: a chain of relations, or two people set side by side. */
export type QuestionType = 'bridge' | 'earlier' | 'later';

/** A question with the facts that answer it, in the order a careful agent looks them up. */
export interface WorldQuestion extends Question {
  readonly type: QuestionType;
  /** Number of facts needed. */
  readonly hops: number;
  readonly supportingIds: readonly string[];
  readonly steps: readonly Fact[];
}
