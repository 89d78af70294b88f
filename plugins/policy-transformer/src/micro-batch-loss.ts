import { batchTotals, objectiveLoss, type BatchTotals } from '@turnwise/core';
import type { LossMetrics, Objective, TrainingBatch, TrainingSequence } from '@turnwise/core';
import type { Engine } from '@turnwise/engine';
import { packSequences, splitEvenly } from './pack-sequences.js';

/** What every micro-batch of an update has in common. */
export interface UpdateTerms {
  readonly objective: Objective;
  readonly totals: BatchTotals;
  readonly temperature: number;
}

/** An update as micro-batches that can be computed apart, by anyone, and added up in their order. */
export interface UpdatePlan {
  readonly terms: UpdateTerms;
  readonly microBatches: readonly (readonly TrainingSequence[])[];
}

/** One micro-batch's share of the metrics; sums, to be added up in the order of the micro-batches. */
export interface MicroBatchLoss {
  readonly loss: number;
  readonly kl: number;
  readonly clipFraction: number;
  readonly weight: number;
  readonly truncated: number;
  readonly entropy: number;
  /** Tokens that were computed. */
  readonly computed: number;
}

/**
 * The denominators are those of the whole batch, so the split changes nothing but memory and, in the last bits, the
 * order of sums.
 *
 * Without a KL term and an entropy bonus, a trajectory whose advantages are all zero has a gradient of exactly zero:
 * it counts in the denominators and is not computed; `entropy` and `importance` are means over what was computed.
 */
export function planUpdate(batch: TrainingBatch, objective: Objective, microBatchTokens: number): UpdatePlan {
  const regularised = objective.kl.coefficient !== 0 || objective.entropyCoefficient !== 0;
  const sequences = regularised ? batch.sequences : batch.sequences.filter(carriesSignal);
  return {
    terms: { objective, totals: batchTotals(batch), temperature: batch.temperature },
    microBatches: splitEvenly(sequences, microBatchTokens),
  };
}

/** Whether an objective's KL term is against the policy before training. */
export function needsReference({ kl }: Objective): boolean {
  return kl.coefficient !== 0 && kl.reference === 'initial';
}

/**
 * Adds the gradient of one micro-batch to the engine's.
 *
 * @param reference the policy before training; needed when the KL term refers to it
 */
export function differentiate(
  engine: Engine,
  reference: Engine | null,
  sequences: readonly TrainingSequence[],
  { objective, totals, temperature }: UpdateTerms,
): MicroBatchLoss {
  const { packed, advantages, sampled: samplingLogprobs, sequenceOf } = packSequences(sequences);
  const referenceLogprobs = needsReference(objective)
    ? (reference?.score(packed, { temperature }).logprobs ?? null)
    : null;
  const { logprobs, entropies } = engine.forward(packed, { temperature });
  const loss = objectiveLoss(
    objective,
    { logprobs, samplingLogprobs, referenceLogprobs, advantages, sequences: sequenceOf, entropies },
    totals,
  );
  engine.backward({
    logprobs: Float32Array.from(loss.gradients),
    ...(objective.entropyCoefficient === 0
      ? {}
      : { entropies: Float32Array.from(loss.weights, (weight) => -objective.entropyCoefficient * weight) }),
  });
  return {
    loss: loss.loss,
    kl: loss.kl,
    clipFraction: loss.clipFraction,
    weight: loss.importance?.weight ?? 0,
    truncated: loss.importance?.truncated ?? 0,
    entropy: entropies.reduce((sum, value) => sum + value, 0),
    computed: entropies.length,
  };
}

/** The metrics of a whole update, whose micro-batches come in their order. */
export function lossMetrics({ objective, totals }: UpdateTerms, losses: readonly MicroBatchLoss[]): LossMetrics {
  const sum = (key: keyof MicroBatchLoss): number => losses.reduce((total, loss) => total + loss[key], 0);
  const computed = sum('computed');
  return {
    loss: sum('loss'),
    kl: sum('kl'),
    clipFraction: sum('clipFraction'),
    entropy: computed === 0 ? 0 : sum('entropy') / computed,
    tokens: totals.tokens,
    ...((objective.importanceTruncation ?? null) === null
      ? {}
      : { importance: overComputed(sum('weight'), sum('truncated'), totals.tokens, computed) }),
  };
}

/** Shares of the whole batch as shares of the tokens that were computed; nothing computed, nothing weighed. */
function overComputed(
  weight: number,
  truncated: number,
  tokens: number,
  computed: number,
): NonNullable<LossMetrics['importance']> {
  if (computed === 0) return { weight: 1, truncated: 0 };
  return { weight: (weight * tokens) / computed, truncated: (truncated * tokens) / computed };
}

function carriesSignal({ spans }: TrainingSequence): boolean {
  return spans.some((span) => span.owner === 'policy' && span.advantage !== 0);
}
