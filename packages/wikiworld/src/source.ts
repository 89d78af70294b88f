import type { Passage, Question } from '@turnwise/core';
import type { Difficulty } from './world/difficulty.js';
import { generateWorld } from './world/generate-world.js';
import type { WorldQuestion } from './world/world-question.js';

export interface WikiworldSourceOptions {
  /** Default `standard`. */
  readonly difficulty?: Difficulty;
  /** Any integer. Default 1. */
  readonly seed?: number;
  /** At least 1. Default 1000. */
  readonly trainQuestions?: number;
  /** At least 1. Default 300. */
  readonly evalQuestions?: number;
}

/** Corpus and questions as a run takes them. */
export interface WikiworldSource {
  readonly passages: readonly Passage[];
  readonly train: readonly Question[];
  readonly eval: readonly Question[];
}

/**
 * A generated world as the source of a run's corpus and questions.
 *
 * @throws RangeError when more questions are asked for than the world has.
 */
export function wikiworldSource(options: WikiworldSourceOptions = {}): WikiworldSource {
  const { difficulty = 'standard', seed = 1, trainQuestions = 1000, evalQuestions = 300 } = options;
  const world = generateWorld({ seed, difficulty, trainQuestions, evalQuestions });
  return { passages: world.passages, train: world.train.map(plain), eval: world.eval.map(plain) };
}

/** Without the facts behind it: those are for demonstrators, not for runs. */
function plain({ id, text, answers, type, hops, supportingIds }: WorldQuestion): Question {
  return { id, text, answers, type, hops, supportingIds };
}
