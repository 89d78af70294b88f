import type { Question } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { randomStream, shuffled } from '../random/index.js';

/**
 * The questions of a step: each pass over the data is shuffled by its own stream, a step never straddles two passes, so
 * that no question occurs twice in a step. Depends on the seed and the step alone: nothing has to be saved to resume.
 *
 * @param step 1-based.
 * @throws CONFIG_INVALID when a step asks for more questions than there are.
 */
export function questionsOfStep(
  questions: readonly Question[],
  questionsPerStep: number,
  seed: number,
  step: number,
): Question[] {
  const stepsPerPass = Math.floor(questions.length / questionsPerStep);
  if (stepsPerPass < 1) {
    throw new TurnwiseError(
      'CONFIG_INVALID',
      `rollout.questionsPerStep is ${questionsPerStep}, but there are only ${questions.length} training questions.`,
      { where: 'rollout.questionsPerStep', hint: `Set rollout.questionsPerStep to at most ${questions.length}.` },
    );
  }
  const { pass, position } = dataPosition(questions.length, questionsPerStep, step);
  return shuffled(questions, randomStream(seed, 'question-order', pass)).slice(position, position + questionsPerStep);
}

/** Where a step's questions begin, given enough of them: pass over the data and position within it, from 0. */
export function dataPosition(
  questionCount: number,
  questionsPerStep: number,
  step: number,
): { pass: number; position: number } {
  const stepsPerPass = Math.max(1, Math.floor(questionCount / questionsPerStep));
  return { pass: Math.floor((step - 1) / stepsPerPass), position: ((step - 1) % stepsPerPass) * questionsPerStep };
}

/**
 * The questions of a further round of a step, asked in place of dead groups: the rest of the data in an order of the
 * step's own, `questionsPerStep` a round, never a question twice in a step. Not the questions that follow in the pass:
 * each of those would be asked again one step later. Depends on seed, step and round alone.
 *
 * @param round 2 or more; round 1 is {@link questionsOfStep}.
 * @returns fewer than `questionsPerStep` when the data ends, none after that.
 */
export function questionsOfFurtherRound(
  questions: readonly Question[],
  questionsPerStep: number,
  seed: number,
  step: number,
  round: number,
): Question[] {
  const asked = new Set(questionsOfStep(questions, questionsPerStep, seed, step).map(({ id }) => id));
  const rest = questions.filter(({ id }) => !asked.has(id));
  const start = (round - 2) * questionsPerStep;
  return shuffled(rest, randomStream(seed, 'refill-order', step)).slice(start, start + questionsPerStep);
}
