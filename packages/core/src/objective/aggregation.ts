import type { Aggregation } from '../contract/index.js';

/**
 * Sizes of the whole batch that one optimiser step sees, all micro-batches and workers together. Dividing by these, and
 * not by the sizes of a micro-batch, is what makes the losses and gradients of micro-batches add up.
 */
export interface BatchTotals {
  /** Policy tokens. */
  readonly tokens: number;
  /** Trajectories with at least one policy token. */
  readonly sequences: number;
  /** All trajectories, also those without a policy token. */
  readonly trajectories: number;
  /** Most policy tokens a trajectory can have. */
  readonly maxTokens: number;
}

/**
 * The factor of each policy token's loss, so that the loss of the batch is the sum of factor times token loss:
 *
 *     token-mean      1 / tokens                          (DAPO)
 *     sequence-mean   1 / (sequences x own length)        (GRPO; favours short sequences)
 *     constant        1 / (trajectories x maxTokens)      (Dr.GRPO; TRL `dr_grpo`)
 *
 * @param sequences which trajectory each token belongs to; all policy tokens of a trajectory must be in this call
 */
export function tokenWeights(
  aggregation: Aggregation,
  sequences: ArrayLike<number>,
  totals: BatchTotals,
): Float64Array {
  const weights = new Float64Array(sequences.length);
  if (sequences.length === 0) return weights;
  if (aggregation !== 'sequence-mean') {
    return weights.fill(1 / (aggregation === 'token-mean' ? totals.tokens : totals.trajectories * totals.maxTokens));
  }
  const lengths = new Map<number, number>();
  for (let token = 0; token < sequences.length; token++) {
    const sequence = sequences[token] ?? 0;
    lengths.set(sequence, (lengths.get(sequence) ?? 0) + 1);
  }
  for (let token = 0; token < sequences.length; token++) {
    weights[token] = 1 / (totals.sequences * (lengths.get(sequences[token] ?? 0) ?? 1));
  }
  return weights;
}
