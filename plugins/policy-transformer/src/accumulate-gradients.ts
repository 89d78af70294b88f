import { batchTotals, objectiveLoss, type LossMetrics, type Objective, type TrainingBatch } from '@turnwise/core';
import type { TrainingSequence } from '@turnwise/core';
import type { Engine } from '@turnwise/engine';
import { packSequences, splitByTokens } from './pack-sequences.js';

/**
 * Adds the gradient of the objective over a whole batch to the engine's gradients, micro-batch by micro-batch; the
 * denominators are those of the whole batch, so the split changes nothing but memory.
 *
 * Without a KL term and an entropy bonus, a trajectory whose advantages are all zero has a gradient of exactly zero:
 * it counts in the denominators and is not computed; `entropy` and `importance` are means over what was computed.
 *
 * @param reference the policy before training; needed when the KL term refers to it
 */
export function accumulateGradients(
  engine: Engine,
  reference: Engine | null,
  batch: TrainingBatch,
  objective: Objective,
  microBatchTokens: number,
): LossMetrics {
  const totals = batchTotals(batch);
  const { temperature } = batch;
  const regularised = objective.kl.coefficient !== 0 || objective.entropyCoefficient !== 0;
  const sequences = regularised ? batch.sequences : batch.sequences.filter(carriesSignal);
  const result = { loss: 0, kl: 0, clipFraction: 0 };
  const importance = { weight: 0, truncated: 0 };
  let entropy = 0;
  let computed = 0;
  for (const micro of splitByTokens(sequences, microBatchTokens).map(packSequences)) {
    const needsReference = objective.kl.coefficient !== 0 && objective.kl.reference === 'initial';
    const referenceLogprobs = needsReference
      ? (reference?.score(micro.packed, { temperature }).logprobs ?? null)
      : null;
    const { logprobs, entropies } = engine.forward(micro.packed, { temperature });
    const { advantages, sampled: samplingLogprobs, sequenceOf } = micro;
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
    result.loss += loss.loss;
    result.kl += loss.kl;
    result.clipFraction += loss.clipFraction;
    importance.weight += loss.importance?.weight ?? 0;
    importance.truncated += loss.importance?.truncated ?? 0;
    entropy += entropies.reduce((sum, value) => sum + value, 0);
    computed += entropies.length;
  }
  return {
    ...result,
    entropy: computed === 0 ? 0 : entropy / computed,
    tokens: totals.tokens,
    ...((objective.importanceTruncation ?? null) === null
      ? {}
      : { importance: overComputed(importance, totals.tokens, computed) }),
  };
}

/** Shares of the whole batch as shares of the tokens that were computed; nothing computed, nothing weighed. */
function overComputed(
  { weight, truncated }: { readonly weight: number; readonly truncated: number },
  tokens: number,
  computed: number,
): NonNullable<LossMetrics['importance']> {
  if (computed === 0) return { weight: 1, truncated: 0 };
  return { weight: (weight * tokens) / computed, truncated: (truncated * tokens) / computed };
}

function carriesSignal({ spans }: TrainingSequence): boolean {
  return spans.some((span) => span.owner === 'policy' && span.advantage !== 0);
}
