import type { PackedBatch } from './engine.js';
import type { TransformerConfig } from './transformer-config.js';

/**
 * Rows that go through the layers together. About this many keep a layer's activations in the second-level cache
 * between its steps; the results do not depend on it.
 */
export const CHUNK_ROWS = 256;

/** Whole sequences of a batch that are computed together. */
export interface Chunk {
  /** Range of sequences [firstSequence, lastSequence). */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Range of the batch's scored positions [firstScored, firstScored + scored). */
  readonly firstScored: number;
  readonly scored: number;
  readonly longest: number;
}

/** Throws an Error that says what is wrong with the batch and where. */
export function validateBatch(batch: PackedBatch, config: TransformerConfig): void {
  const { tokens, offsets, scored } = batch;
  if (offsets[0] !== 0 || offsets.at(-1) !== tokens.length) {
    throw new Error(
      `offsets must start at 0 and end at the number of tokens, ${tokens.length}; got [${preview(offsets)}]`,
    );
  }
  for (let s = 1; s < offsets.length; s++) {
    const length = at(offsets, s) - at(offsets, s - 1);
    if (length < 1) throw new Error(`offsets must be strictly ascending, got ${at(offsets, s - 1)}, ${at(offsets, s)}`);
    if (length > config.contextLength) {
      throw new Error(`sequence ${s - 1} has ${length} tokens, more than contextLength ${config.contextLength}`);
    }
  }
  for (let p = 0; p < tokens.length; p++) checkToken(at(tokens, p), config, `position ${p}`);
  let sequence = 0;
  for (let i = 0; i < scored.length; i++) {
    const position = at(scored, i);
    if (position < 0 || position >= tokens.length || (i > 0 && position <= at(scored, i - 1))) {
      throw new Error(
        `scored positions must be strictly ascending and below ${tokens.length}, got ${position} at index ${i}`,
      );
    }
    while (at(offsets, sequence + 1) <= position) sequence++;
    if (at(offsets, sequence) === position) {
      throw new Error(`scored position ${position} is the first of sequence ${sequence}: nothing comes before it`);
    }
  }
}

/** Throws when a token id is outside the vocabulary. */
export function checkToken(token: number, config: TransformerConfig, where: string): void {
  if (!Number.isInteger(token) || token < 0 || token >= config.vocabularySize) {
    throw new Error(`token ${token} at ${where} is outside the vocabulary of ${config.vocabularySize}`);
  }
}

/** Cuts a valid batch into chunks of at least one sequence and, where sequences are short, about CHUNK_ROWS rows. */
export function planChunks({ offsets, scored }: PackedBatch): Chunk[] {
  const chunks: Chunk[] = [];
  const sequences = offsets.length - 1;
  let firstSequence = 0;
  let firstScored = 0;
  while (firstSequence < sequences) {
    const firstRow = at(offsets, firstSequence);
    let lastSequence = firstSequence;
    let longest = 0;
    do {
      lastSequence++;
      longest = Math.max(longest, at(offsets, lastSequence) - at(offsets, lastSequence - 1));
    } while (lastSequence < sequences && at(offsets, lastSequence + 1) - firstRow <= CHUNK_ROWS);
    const endRow = at(offsets, lastSequence);
    let lastScored = firstScored;
    while (lastScored < scored.length && at(scored, lastScored) < endRow) lastScored++;
    chunks.push({
      firstSequence,
      lastSequence,
      firstRow,
      rows: endRow - firstRow,
      firstScored,
      scored: lastScored - firstScored,
      longest,
    });
    firstSequence = lastSequence;
    firstScored = lastScored;
  }
  return chunks;
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? NaN;
}

function preview(values: Int32Array): string {
  return values.length <= 6 ? values.join(', ') : `${values.subarray(0, 3).join(', ')}, ..., ${values.at(-1)}`;
}
