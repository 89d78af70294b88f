import type { TokenSpan, TrainingSequence, Trajectory } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';

/**
 * A trajectory as one sequence of tokens: prompt, then each turn's output and observation, verbatim. Each turn's
 * advantage goes to the tokens the policy produced in that turn and to no other; everything the loss masks follows from
 * the owners of the spans. Empty spans are left out.
 *
 * @param advantages one number a turn
 * @throws CONTRACT_ADVANTAGE_LENGTH when there is not exactly one advantage a turn
 * @throws CONTRACT_SAMPLE_INVALID when an output has not exactly one log-probability a token, or an observation the
 *   policy read has no tokens: trained on, the sequence would not be the one that was sampled
 */
export function advantagesToTokens(trajectory: Trajectory, advantages: readonly number[]): TrainingSequence {
  const { turns, prompt } = trajectory;
  if (advantages.length !== turns.length) {
    throw new TurnwiseError(
      'CONTRACT_ADVANTAGE_LENGTH',
      `trajectory ${trajectory.id}: ${advantages.length} advantages for ${turns.length} turns`,
    );
  }
  const spans: TokenSpan[] = [];
  if (prompt && prompt.tokenIds.length > 0) spans.push({ owner: 'prompt', tokenIds: prompt.tokenIds });
  turns.forEach(({ output, observation }, turn) => {
    const { tokenIds, logprobs } = output;
    if (logprobs.length !== tokenIds.length) {
      throw invalid(trajectory, turn, `${logprobs.length} log-probabilities for ${tokenIds.length} tokens`);
    }
    const observed = observation?.tokenIds;
    if (tokenIds.length > 0 && observation !== null && observation.text !== '' && !observed) {
      throw invalid(trajectory, turn, 'the observation has text but no tokens');
    }
    if (tokenIds.length > 0) spans.push({ owner: 'policy', tokenIds, logprobs, advantage: advantages[turn] ?? 0 });
    if (observed && observed.length > 0) spans.push({ owner: 'observation', tokenIds: observed });
  });
  return { trajectoryId: trajectory.id, spans };
}

function invalid(trajectory: Trajectory, turn: number, problem: string): TurnwiseError {
  return new TurnwiseError('CONTRACT_SAMPLE_INVALID', `trajectory ${trajectory.id}, turn ${turn}: ${problem}`);
}
