import type { KullbackLeiblerTerm } from '../contract/index.js';

/** A value per token and its derivative by the token's log-probability under the policy. */
export interface ValueAndSlope {
  readonly value: number;
  readonly slope: number;
}

const largestK3 = 10;

/**
 * Estimate of KL(policy || reference) at one sampled token. With d = reference logprob - logprob:
 *
 *     k1 = -d          slope  1          value unbiased, can be negative   mean gradient 0
 *     k2 = d^2 / 2     slope -d          value biased, never negative      mean gradient that of KL(policy || reference)
 *     k3 = e^d - d - 1 slope 1 - e^d     value unbiased, never negative    mean gradient that of KL(reference || policy)
 *
 * A good estimate of the value need not have a good gradient. On tokens sampled from the policy itself, the mean slope
 * of k1 times the score is zero: as a term of the loss it measures the distance and does not pull. k2 and k3 do.
 *
 * k3 is clamped to 10 (there the slope is 0), so that one improbable token cannot throw the update; verl clamps d to
 * +-20 before, where k3 is past 10 anyway. Source: J. Schulman, Approximating KL divergence (2020); verl
 * `kl_penalty_forward`.
 */
export function klEstimate(
  estimator: KullbackLeiblerTerm['estimator'],
  logprob: number,
  referenceLogprob: number,
): ValueAndSlope {
  const difference = referenceLogprob - logprob;
  if (estimator === 'k1') return { value: -difference, slope: 1 };
  if (estimator === 'k2') return { value: difference ** 2 / 2, slope: -difference };
  const value = Math.exp(difference) - difference - 1;
  return value >= largestK3 ? { value: largestK3, slope: 0 } : { value, slope: 1 - Math.exp(difference) };
}
