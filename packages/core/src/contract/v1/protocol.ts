import type { Question } from './question.js';
import type { SearchOutcome } from './search-tool.js';
import type { Action, InvalidReason } from './trajectory.js';

/** How prompts, search results and answers are written and parsed. */
export interface Protocol {
  /** Strings after which a turn ends; kept in the output. */
  readonly stop: readonly string[];
  prompt(question: Question): string;
  /** Reads the first complete action of an output. */
  parse(output: string): Action;
  /**
   * The text the policy reads after a search. `truncate` cuts one passage to the configured number of tokens.
   * Failures become a short fixed text: no stack trace, address or id that a model could learn.
   */
  observation(outcome: SearchOutcome, truncate: (passage: string) => string): string;
  /** The text the policy reads after an invalid action. */
  correction(reason: InvalidReason): string;
}
