import type { TrainingSequence } from '@turnwise/core';
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
  const tokens: number[] = [];
  const offsets = [0];
  const scored: number[] = [];
  const sequenceOf: number[] = [];
  const advantages: number[] = [];
  const sampled: number[] = [];
  sequences.forEach((sequence, index) => {
    const start = tokens.length;
    const end = sequence.owners.lastIndexOf('policy') + 1;
    for (let position = 0; position < end; position++) {
      tokens.push(sequence.tokenIds[position] as number);
      if (sequence.owners[position] !== 'policy') continue;
      scored.push(start + position);
      sequenceOf.push(index);
      advantages.push(sequence.advantages[position] as number);
      sampled.push(sequence.logprobs[position] as number);
    }
    offsets.push(tokens.length);
  });
  return {
    packed: { tokens: Int32Array.from(tokens), offsets: Int32Array.from(offsets), scored: Int32Array.from(scored) },
    sequences,
    sequenceOf: Int32Array.from(sequenceOf),
    advantages: Float64Array.from(advantages),
    sampled: Float64Array.from(sampled),
  };
}

/** Splits sequences into micro-batches of at most `maxTokens` tokens each; a longer sequence is one of its own. */
export function splitByTokens(sequences: readonly TrainingSequence[], maxTokens: number): TrainingSequence[][] {
  const batches: TrainingSequence[][] = [];
  let current: TrainingSequence[] = [];
  let size = 0;
  for (const sequence of sequences) {
    const length = sequence.owners.lastIndexOf('policy') + 1;
    if (length === 0) continue;
    if (current.length > 0 && size + length > maxTokens) {
      batches.push(current);
      current = [];
      size = 0;
    }
    current.push(sequence);
    size += length;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
