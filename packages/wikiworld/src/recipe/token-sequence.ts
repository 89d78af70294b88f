import type { PackedBatch } from '@turnwise/engine';
import type { PolicyTokenizer } from '@turnwise/core';
import type { Demonstration } from '../demonstrations/demonstration.js';

/** A demonstration as tokens. */
export interface TokenSequence {
  readonly tokens: readonly number[];
  /** Positions of the tokens that the policy writes, ascending: the only ones it is trained on. */
  readonly scored: readonly number[];
}

/**
 * Prompt, outputs and observations, each encoded on its own and laid end to end, exactly as a rollout does. Cut at
 * `contextLength` tokens.
 */
export function tokenSequence(
  demonstration: Demonstration,
  tokenizer: PolicyTokenizer,
  contextLength: number,
): TokenSequence {
  const tokens: number[] = [...tokenizer.encode(demonstration.prompt)];
  const scored: number[] = [];
  for (const { output, observation } of demonstration.turns) {
    for (const token of tokenizer.encode(output)) {
      scored.push(tokens.length);
      tokens.push(token);
    }
    if (observation !== null) tokens.push(...tokenizer.encode(observation));
  }
  return {
    tokens: tokens.slice(0, contextLength),
    scored: scored.filter((position) => position < contextLength),
  };
}

/** Lays sequences end to end as the engine reads them. */
export function packSequences(sequences: readonly TokenSequence[]): PackedBatch {
  const offsets = [0];
  for (const { tokens } of sequences) offsets.push((offsets.at(-1) ?? 0) + tokens.length);
  return {
    tokens: Int32Array.from(sequences.flatMap(({ tokens }) => tokens)),
    offsets: Int32Array.from(offsets),
    scored: Int32Array.from(
      sequences.flatMap(({ scored }, index) => scored.map((position) => position + (offsets[index] ?? 0))),
    ),
  };
}
