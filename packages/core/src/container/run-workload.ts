import type { RunConfig } from '../config/index.js';
import type { Workload } from '../contract/index.js';

/** What a configuration is going to ask of its policy, at most. */
export function runWorkload({ rollout, objective }: RunConfig): Workload {
  const { questionsPerStep, groupSize, maxTurns, maxTokensPerTurn } = rollout;
  return {
    trajectories: questionsPerStep * groupSize,
    policyTokens: maxTurns * maxTokensPerTurn,
    reference: objective.kl.coefficient !== 0 && objective.kl.reference === 'initial',
  };
}
