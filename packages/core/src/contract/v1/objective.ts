/**
 * What the policy minimises. A closed union and not a plugin, because remote trainers support a closed list.
 * A = advantage of the token, rho = exp(logprob - logprob at sampling time).
 */
export type Objective = PolicyLoss & {
  readonly kl: KullbackLeiblerTerm;
  readonly aggregation: Aggregation;
  /** Weight of the entropy bonus (subtracted from the loss); 0 turns it off. */
  readonly entropyCoefficient: number;
  /**
   * For samples of an older policy: each token's loss is multiplied by min(pi / pi at sampling, this), held constant,
   * and rho starts at 1 at the policy that is updated. `null` or absent: off, and rho is relative to sampling.
   */
  readonly importanceTruncation?: number | null;
};

export type PolicyLoss =
  | {
      readonly kind: 'ppo-clip';
      /** Lower clip width, rho is clipped at 1 - low. */
      readonly low: number;
      /** Upper clip width, rho is clipped at 1 + high; larger than `low` is DAPO's clip-higher. */
      readonly high: number;
      /** Dual clip: for A < 0 the loss is capped at -A times this; `null` turns it off. */
      readonly dualClip: number | null;
    }
  | { readonly kind: 'importance-sampling' }
  | { readonly kind: 'cispo'; readonly low: number; readonly high: number }
  | { readonly kind: 'gspo'; readonly low: number; readonly high: number };

/** KL penalty in the loss; d = reference logprob - logprob. k1 = -d, k2 = d^2/2, k3 = exp(d) - d - 1. */
export interface KullbackLeiblerTerm {
  readonly estimator: 'k1' | 'k2' | 'k3';
  /** 0 turns the term off and no reference is kept. */
  readonly coefficient: number;
  /** Against which policy: the one the run started from, or the one that sampled. */
  readonly reference: 'initial' | 'sampler';
}

/**
 * `token-mean`: sum over tokens / number of tokens of the whole batch. `sequence-mean`: mean over trajectories of the
 * mean over their tokens. `constant`: sum over tokens / (trajectories x maxTokens), as Dr.GRPO. `token-sum`: sum over
 * tokens. `sequence-mean-token-sum`: mean over trajectories of the sum over their tokens.
 */
export type Aggregation = 'token-mean' | 'sequence-mean' | 'constant' | 'token-sum' | 'sequence-mean-token-sum';

/** What aggregation divides by: sizes of everything one optimiser step learns from. */
export interface BatchDenominators {
  /** Policy tokens. */
  readonly tokens: number;
  /** Trajectories with at least one policy token. */
  readonly sequences: number;
  /** All trajectories, also those without a policy token. */
  readonly trajectories: number;
}
