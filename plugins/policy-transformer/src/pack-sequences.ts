import { policyTokenCount, type TrainingSequence } from '@turnwise/core';
import type { PackedBatch } from '@turnwise/engine';

/** A micro-batch: sequences laid end to end, and where each policy token came from. */
export interface MicroBatch {
  readonly packed: PackedBatch;
  readonly sequences: readonly TrainingSequence[];
  /** Index into `sequences` of each scored token. */
  readonly sequenceOf: Int32Array;
  /** Advantage of each scored token. */
  readonly advantages: Float64Array;
  /** Log-probability at sampling time of each scored token. */
  readonly sampled: Float64Array;
}

/**
 * Lays sequences end to end without padding. Exactly the tokens owned by the policy are scored; nothing else can enter
 * the loss. Tokens after the last policy token are left out: nothing scored depends on them.
 */
export function packSequences(sequences: readonly TrainingSequence[]): MicroBatch {
  const tokenCount = sequences.reduce((sum, sequence) => sum + readLength(sequence), 0);
  const scoredCount = sequences.reduce((sum, sequence) => sum + policyTokenCount(sequence), 0);
  const tokens = new Int32Array(tokenCount);
  const offsets = new Int32Array(sequences.length + 1);
  const scored = new Int32Array(scoredCount);
  const sequenceOf = new Int32Array(scoredCount);
  const advantages = new Float64Array(scoredCount);
  const sampled = new Float64Array(scoredCount);
  let position = 0;
  let score = 0;
  sequences.forEach(({ spans }, index) => {
    for (const span of spans.slice(0, lastPolicySpan(spans) + 1)) {
      const { length } = span.tokenIds;
      tokens.set(span.tokenIds, position);
      if (span.owner === 'policy') {
        sequenceOf.fill(index, score, score + length);
        advantages.fill(span.advantage, score, score + length);
        sampled.set(span.logprobs, score);
        for (let token = 0; token < length; token++) scored[score + token] = position + token;
        score += length;
      }
      position += length;
    }
    offsets[index + 1] = position;
  });
  return { packed: { tokens, offsets, scored }, sequences, sequenceOf, advantages, sampled };
}

/** Micro-batches of an update are a multiple of this, as far as there are sequences: two and four workers get equal shares. */
const MULTIPLE = 4;

/**
 * Splits sequences, in their order, into micro-batches of about equal size and at most `maxTokens` tokens; a longer
 * sequence is one of its own. The number of workers does not enter: it must not show in the sums.
 */
export function splitEvenly(sequences: readonly TrainingSequence[], maxTokens: number): TrainingSequence[][] {
  const scored = sequences.filter((sequence) => readLength(sequence) > 0);
  let rest = scored.reduce((sum, sequence) => sum + readLength(sequence), 0);
  let left = Math.min(scored.length, MULTIPLE * Math.ceil(rest / maxTokens / MULTIPLE));
  const batches: TrainingSequence[][] = [];
  let current: TrainingSequence[] = [];
  let size = 0;
  const close = (): void => {
    batches.push(current);
    [current, rest, left, size] = [[], rest - size, Math.max(1, left - 1), 0];
  };
  for (const sequence of scored) {
    const length = readLength(sequence);
    // Nearer to an equal share of what is left without it than with it.
    const full = size + length / 2 > rest / left;
    if (current.length > 0 && (full || size + length > maxTokens)) close();
    current.push(sequence);
    size += length;
  }
  if (current.length > 0) close();
  return batches;
}

/** Tokens up to the last one of the policy. */
function readLength({ spans }: TrainingSequence): number {
  let length = 0;
  for (let index = lastPolicySpan(spans); index >= 0; index--) length += spans[index]?.tokenIds.length ?? 0;
  return length;
}

function lastPolicySpan(spans: TrainingSequence['spans']): number {
  return spans.findLastIndex(({ owner, tokenIds }) => owner === 'policy' && tokenIds.length > 0);
}
