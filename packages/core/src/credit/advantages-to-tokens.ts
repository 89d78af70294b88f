import type { TokenOwner, TrainingSequence, Trajectory } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';

/**
 * A trajectory as one sequence of tokens: prompt, then each turn's output and observation, verbatim. Each turn's
 * advantage is copied to the tokens the policy produced in that turn and to no other; everything the loss masks follows
 * from `owners`. All arrays of the result have the same length.
 *
 * @param advantages one number a turn
 * @throws CONTRACT_ADVANTAGE_LENGTH when there is not exactly one advantage a turn
 * @throws CONTRACT_SAMPLE_INVALID when an output has not exactly one log-probability a token, or an observation the
 *   policy read has no tokens: trained on, the sequence would not be the one that was sampled
 */
export function advantagesToTokens(trajectory: Trajectory, advantages: readonly number[]): TrainingSequence {
  if (advantages.length !== trajectory.turns.length) {
    throw new TurnwiseError(
      'CONTRACT_ADVANTAGE_LENGTH',
      `trajectory ${trajectory.id}: ${advantages.length} advantages for ${trajectory.turns.length} turns`,
    );
  }
  const tokenIds = verbatimTokens(trajectory);
  // Filled arrays instead of appended tokens: a step copies millions.
  const owners = new Array<TokenOwner>(tokenIds.length).fill('observation');
  const tokenAdvantages = zeros(tokenIds.length);
  const logprobs = zeros(tokenIds.length);
  let start = trajectory.prompt?.tokenIds.length ?? 0;
  owners.fill('prompt', 0, start);
  trajectory.turns.forEach(({ output, observation }, turn) => {
    const end = start + output.tokenIds.length;
    owners.fill('policy', start, end);
    tokenAdvantages.fill(advantages[turn] ?? 0, start, end);
    for (let index = 0; index < output.logprobs.length; index++) logprobs[start + index] = output.logprobs[index] ?? 0;
    start = end + (observation?.tokenIds?.length ?? 0);
  });
  return { trajectoryId: trajectory.id, tokenIds, owners, advantages: tokenAdvantages, logprobs };
}

/** Never trimmed; its first element was a fraction, which makes it and its copies arrays of unboxed doubles from the start. */
let zeroes = [0.5];
zeroes[0] = 0;

/** Filling a new array with 0 makes one of small integers, which the first fraction would copy once more. */
function zeros(count: number): number[] {
  while (zeroes.length < count) zeroes = zeroes.concat(zeroes);
  return zeroes.slice(0, count);
}

function verbatimTokens(trajectory: Trajectory): number[] {
  const parts: (readonly number[])[] = [trajectory.prompt?.tokenIds ?? []];
  trajectory.turns.forEach(({ output, observation }, turn) => {
    if (output.logprobs.length !== output.tokenIds.length) {
      throw invalid(
        trajectory,
        turn,
        `${output.logprobs.length} log-probabilities for ${output.tokenIds.length} tokens`,
      );
    }
    if (output.tokenIds.length > 0 && observation !== null && observation.text !== '' && !observation.tokenIds) {
      throw invalid(trajectory, turn, 'the observation has text but no tokens');
    }
    parts.push(output.tokenIds, observation?.tokenIds ?? []);
  });
  return ([] as number[]).concat(...parts);
}

function invalid(trajectory: Trajectory, turn: number, problem: string): TurnwiseError {
  return new TurnwiseError('CONTRACT_SAMPLE_INVALID', `trajectory ${trajectory.id}, turn ${turn}: ${problem}`);
}
