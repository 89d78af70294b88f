import type { Container } from 'inversify';
import type { PolicyScorer } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { PolicyToken } from './tokens.js';

/**
 * The part of the policy that other plugins may use. The policy is made when it is first asked for.
 *
 * @param asker Who asks, for the message.
 * @throws PLUGIN_CAPABILITY_MISSING when there is no policy, or one that cannot score
 */
export async function policyScorer(container: Container, asker: string): Promise<PolicyScorer> {
  if (!container.isBound(PolicyToken)) {
    throw new TurnwiseError(
      'PLUGIN_CAPABILITY_MISSING',
      `${asker} asks the policy for log-probabilities, and there is no policy here.`,
      { where: asker, hint: 'It works in training and evaluation. Recorded groups need another plugin.' },
    );
  }
  const policy = await container.getAsync(PolicyToken);
  const { tokenizer } = policy;
  if (policy.score === undefined || tokenizer === null) {
    throw new TurnwiseError(
      'PLUGIN_CAPABILITY_MISSING',
      `${asker} asks the policy for log-probabilities of given tokens, which it cannot give.`,
      { where: asker, hint: 'Use a policy that provides policy.scores, such as transformer.' },
    );
  }
  const score = policy.score.bind(policy);
  return { tokenizer, score };
}
