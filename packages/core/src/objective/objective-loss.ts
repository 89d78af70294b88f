import type { Objective } from '../contract/index.js';
import { tokenWeights, type BatchTotals } from './aggregation.js';
import { klEstimate } from './kl.js';
import { tokenLoss } from './token-loss.js';

/** The policy tokens of a micro-batch, and only those; all arrays have the same length. */
export interface PolicyTokens {
  /** Log-probability under the policy being trained, at the temperature of sampling. */
  readonly logprobs: ArrayLike<number>;
  /** Log-probability at sampling time. */
  readonly samplingLogprobs: ArrayLike<number>;
  /** Log-probability under the reference policy; `null` when the KL term is off or its reference is the sampler. */
  readonly referenceLogprobs: ArrayLike<number> | null;
  readonly advantages: ArrayLike<number>;
  /** Which trajectory each token belongs to: any integers; a trajectory is never split over micro-batches. */
  readonly sequences: ArrayLike<number>;
  /** Entropy of the policy at each token, in nats; `null` when the engine does not compute it. */
  readonly entropies: ArrayLike<number> | null;
}

/** What a micro-batch contributes. Sums over the micro-batches of a batch are the figures of the batch. */
export interface ObjectiveLoss {
  readonly loss: number;
  /** dLoss/dlogprob of each token; the entropy bonus is not in it, see `weights`. */
  readonly gradients: Float64Array;
  /** Factor of each token in the loss: the entropy bonus adds -entropyCoefficient x weight x dEntropy/dlogits. */
  readonly weights: Float64Array;
  /** Mean KL estimate over the tokens of the batch; 0 when the term is off. */
  readonly kl: number;
  /** Share of the tokens of the batch that were clipped. */
  readonly clipFraction: number;
  /** Mean entropy over the tokens of the batch; 0 when not given. */
  readonly entropy: number;
  /** Policy tokens of this micro-batch. */
  readonly tokens: number;
  /** With importance truncation: mean weight over the tokens of the batch, and the share whose weight was cut. */
  readonly importance: { readonly weight: number; readonly truncated: number } | null;
}

/**
 * The objective over policy tokens, with its gradient:
 *
 *     loss = sum over tokens of w_t (l_t + beta kl_t - entropyCoefficient h_t)
 *
 * with l the policy loss ({@link tokenLoss}), w the aggregation ({@link tokenWeights}), kl the KL estimate
 * ({@link klEstimate}) and h the entropy. With importance truncation c, l_t is multiplied by
 * min(exp(logprob - logprob at sampling), c), held constant, and its ratio is taken to the policy as it is, so it is 1:
 * truncated importance sampling for samples of an older policy (IMPALA, arXiv 1802.01561; decoupled from the clip as in
 * AReaL, arXiv 2505.24298). That holds for the first update on a batch. A pure function of numbers, so that every engine trains on the same
 * definition.
 *
 * @throws RangeError when array lengths differ, or when the KL term needs reference log-probabilities and has none
 */
export function objectiveLoss(objective: Objective, tokens: PolicyTokens, totals: BatchTotals): ObjectiveLoss {
  const count = tokens.logprobs.length;
  const { coefficient, estimator } = objective.kl;
  const reference = referenceOf(objective, tokens);
  checkLengths(tokens, reference, count);
  const weights = tokenWeights(objective.aggregation, tokens.sequences, totals);
  const truncation = objective.importanceTruncation ?? null;
  const logRatios = objective.kind === 'gspo' && truncation === null ? sequenceLogRatios(tokens) : null;
  let importanceWeight = 0;
  let truncated = 0;
  const gradients = new Float64Array(count);
  let loss = 0;
  let kl = 0;
  let clipped = 0;
  let entropy = 0;
  for (let token = 0; token < count; token++) {
    const logprob = tokens.logprobs[token] ?? 0;
    const sampling = tokens.samplingLogprobs[token] ?? 0;
    const weight = weights[token] ?? 0;
    const before = truncation === null ? sampling : logprob;
    const part = tokenLoss(objective, tokens.advantages[token] ?? 0, logprob, before, logRatios?.[token] ?? 0);
    let value = part.value;
    let slope = part.slope;
    if (truncation !== null) {
      const ratio = Math.exp(logprob - sampling);
      const importance = Math.min(ratio, truncation);
      if (ratio > truncation) truncated++;
      importanceWeight += importance;
      value *= importance;
      slope *= importance;
    }
    if (part.clipped) clipped++;
    if (reference !== null) {
      const penalty = klEstimate(estimator, logprob, reference[token] ?? 0);
      value += coefficient * penalty.value;
      slope += coefficient * penalty.slope;
      kl += penalty.value;
    }
    const tokenEntropy = tokens.entropies?.[token] ?? 0;
    entropy += tokenEntropy;
    loss += weight * (value - objective.entropyCoefficient * tokenEntropy);
    gradients[token] = weight * slope;
  }
  const share = totals.tokens > 0 ? 1 / totals.tokens : 0;
  return {
    loss,
    gradients,
    weights,
    kl: kl * share,
    clipFraction: clipped * share,
    entropy: entropy * share,
    tokens: count,
    importance: truncation === null ? null : { weight: importanceWeight * share, truncated: truncated * share },
  };
}

function referenceOf(objective: Objective, tokens: PolicyTokens): ArrayLike<number> | null {
  if (objective.kl.coefficient === 0) return null;
  if (objective.kl.reference === 'sampler') return tokens.samplingLogprobs;
  if (tokens.referenceLogprobs === null) {
    throw new RangeError(`kl.coefficient is ${objective.kl.coefficient}, but there are no reference log-probabilities`);
  }
  return tokens.referenceLogprobs;
}

function checkLengths(tokens: PolicyTokens, reference: ArrayLike<number> | null, count: number): void {
  const arrays = {
    samplingLogprobs: tokens.samplingLogprobs,
    advantages: tokens.advantages,
    sequences: tokens.sequences,
    referenceLogprobs: reference,
    entropies: tokens.entropies,
  };
  for (const [name, values] of Object.entries(arrays)) {
    if (values !== null && values.length !== count) {
      throw new RangeError(`${name} has ${values.length} values for ${count} log-probabilities`);
    }
  }
}

/** For each token the mean log-ratio of its sequence; the log of GSPO's ratio. */
function sequenceLogRatios(tokens: PolicyTokens): Float64Array {
  const sums = new Map<number, { total: number; count: number }>();
  for (let token = 0; token < tokens.logprobs.length; token++) {
    const sequence = tokens.sequences[token] ?? 0;
    const sum = sums.get(sequence) ?? { total: 0, count: 0 };
    sum.total += (tokens.logprobs[token] ?? 0) - (tokens.samplingLogprobs[token] ?? 0);
    sum.count++;
    sums.set(sequence, sum);
  }
  return Float64Array.from({ length: tokens.logprobs.length }, (_, token) => {
    const sum = sums.get(tokens.sequences[token] ?? 0);
    return sum ? sum.total / sum.count : 0;
  });
}
