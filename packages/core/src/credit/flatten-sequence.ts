import type { TrainingSequence } from '../contract/index.js';

/** A sequence as arrays over its positions, all of the same length. */
export interface FlatSequence {
  readonly tokenIds: Int32Array;
  /** 1 where the policy wrote the token: the loss mask. 0 elsewhere. */
  readonly mask: Uint8Array;
  /** Advantage of each policy token; 0 elsewhere. */
  readonly advantages: Float64Array;
  /** Log-probability at sampling time of each policy token; 0 elsewhere. */
  readonly logprobs: Float64Array;
}

/** Lays the spans of a sequence end to end. */
export function flattenSequence(sequence: TrainingSequence): FlatSequence {
  const length = sequenceLength(sequence);
  const flat = {
    tokenIds: new Int32Array(length),
    mask: new Uint8Array(length),
    advantages: new Float64Array(length),
    logprobs: new Float64Array(length),
  };
  let start = 0;
  for (const span of sequence.spans) {
    const end = start + span.tokenIds.length;
    flat.tokenIds.set(span.tokenIds, start);
    if (span.owner === 'policy') {
      flat.mask.fill(1, start, end);
      flat.advantages.fill(span.advantage, start, end);
      flat.logprobs.set(span.logprobs, start);
    }
    start = end;
  }
  return flat;
}

/** Tokens of all owners. */
export function sequenceLength({ spans }: TrainingSequence): number {
  let length = 0;
  for (const { tokenIds } of spans) length += tokenIds.length;
  return length;
}

/** Tokens the policy wrote: those the loss falls on. */
export function policyTokenCount({ spans }: TrainingSequence): number {
  let count = 0;
  for (const { owner, tokenIds } of spans) if (owner === 'policy') count += tokenIds.length;
  return count;
}
