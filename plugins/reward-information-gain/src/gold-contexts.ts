import type { PolicyTokenizer, ScoreRequest, Trajectory } from '@turnwise/core';

/**
 * What to score for one gold answer: the policy's view after the prompt and after each turn but the last, followed by
 * the answer as the policy would write it. One request for each of these points; only the gold answer's tokens are
 * scored.
 *
 * The view is the recorded tokens, verbatim. Prefix and answer are tokenised together, because a tokenizer may join the
 * prefix's last letter or blank with the answer's first: what they share with the prefix alone is context.
 */
export function goldContexts(
  trajectory: Trajectory,
  answer: string,
  answerPrefix: string,
  tokenizer: PolicyTokenizer,
): ScoreRequest[] {
  const prefix = tokenizer.encode(answerPrefix);
  const written = tokenizer.encode(answerPrefix + answer);
  let shared = 0;
  while (shared < written.length - 1 && prefix[shared] === written[shared]) shared++;
  const view: number[] = [...(trajectory.prompt?.tokenIds ?? [])];
  const request = (): ScoreRequest => ({ tokenIds: [...view, ...written], from: view.length + shared });
  const requests = [request()];
  for (const { output, observation } of trajectory.turns.slice(0, -1)) {
    view.push(...output.tokenIds, ...(observation?.tokenIds ?? []));
    requests.push(request());
  }
  return requests;
}
