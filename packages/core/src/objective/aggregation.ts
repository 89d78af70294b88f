import type { Aggregation, BatchDenominators } from '../contract/index.js';

/**
 * Sizes of the whole batch that one optimiser step sees, all micro-batches and workers together. Dividing by these, and
 * not by the sizes of a micro-batch, is what makes the losses and gradients of micro-batches add up.
 */
export interface BatchTotals extends BatchDenominators {
  /** Most policy tokens a trajectory can have. */
  readonly maxTokens: number;
}

/**
 * The factor of each policy token's loss, so that the loss of the batch is the sum of factor times token loss:
 *
 *     token-mean                1 / tokens                          (DAPO; verl `token-mean`)
 *     sequence-mean             1 / (sequences x own length)        (GRPO; favours short sequences)
 *     constant                  1 / (trajectories x maxTokens)      (Dr.GRPO; TRL `dr_grpo`)
 *     token-sum                 1                                   (the update grows with the batch)
 *     sequence-mean-token-sum   1 / sequences                       (verl `seq-mean-token-sum`)
 *
 * @param sequences which trajectory each token belongs to; all policy tokens of a trajectory must be in this call
 * @throws RangeError when there are tokens and the total they are divided by is not above 0
 */
export function tokenWeights(
  aggregation: Aggregation,
  sequences: ArrayLike<number>,
  totals: BatchTotals,
): Float64Array {
  const weights = new Float64Array(sequences.length);
  if (sequences.length === 0) return weights;
  const divisor = divisorOf(aggregation, totals);
  if (!(divisor > 0))
    throw new RangeError(`${aggregation}: ${sequences.length} tokens are to be divided by ${divisor}`);
  if (aggregation !== 'sequence-mean') return weights.fill(1 / divisor);
  const lengths = new Map<number, number>();
  for (let token = 0; token < sequences.length; token++) {
    const sequence = sequences[token] ?? 0;
    lengths.set(sequence, (lengths.get(sequence) ?? 0) + 1);
  }
  for (let token = 0; token < sequences.length; token++) {
    weights[token] = 1 / (divisor * (lengths.get(sequences[token] ?? 0) ?? 1));
  }
  return weights;
}

function divisorOf(aggregation: Aggregation, { tokens, sequences, trajectories, maxTokens }: BatchTotals): number {
  switch (aggregation) {
    case 'token-mean':
      return tokens;
    case 'sequence-mean':
    case 'sequence-mean-token-sum':
      return sequences;
    case 'constant':
      return trajectories * maxTokens;
    case 'token-sum':
      return 1;
  }
}
