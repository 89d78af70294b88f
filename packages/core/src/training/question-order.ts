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
  const pass = Math.floor((step - 1) / stepsPerPass);
  const start = ((step - 1) % stepsPerPass) * questionsPerStep;
  return shuffled(questions, randomStream(seed, 'question-order', pass)).slice(start, start + questionsPerStep);
}
