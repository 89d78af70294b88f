import type { WorldQuestion } from '../world/world-question.js';

/** One turn of a script: what the demonstrator wrote, and what the search tool brought. */
export interface DemonstratedTurn {
  readonly output: string;
  /** As the protocol writes it; `null` after an answer and after the last permitted turn. */
  readonly observation: string | null;
}

/** A whole script for one question. */
export interface Demonstration {
  readonly question: WorldQuestion;
  readonly prompt: string;
  readonly turns: readonly DemonstratedTurn[];
  /** `null` when the turns ran out. */
  readonly answer: string | null;
  readonly correct: boolean;
}
