import type { ScoredGradient, ScoredTokens } from './engine.js';

/** Throws unless logits can be divided by it. */
export function checkTemperature(temperature: number): void {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new Error(`temperature must be a positive number, got ${temperature}`);
  }
}

/**
 * Throws unless a gradient fits the batch that waits for its backward pass: one value for each of its `scored`
 * positions, and weights that are still those of the forward pass (`version`).
 */
export function checkBackward<Pending extends { readonly version: number }>(
  pending: Pending | null,
  version: number,
  scored: (pending: Pending) => number,
  gradient: ScoredGradient,
): asserts pending is Pending {
  if (!pending) throw new Error('backward needs a forward before it: each forward serves one backward');
  if (pending.version !== version) {
    throw new Error('the weights changed between forward and backward: run forward again');
  }
  for (const [name, values] of Object.entries(gradient) as [string, Float32Array | undefined][]) {
    if (values && values.length !== scored(pending)) {
      throw new Error(`gradient.${name} has ${values.length} values for ${scored(pending)} scored positions`);
    }
  }
}

/** Room for the scores of `count` positions. */
export function emptyScores(count: number): ScoredTokens {
  return { logprobs: new Float32Array(count), entropies: new Float32Array(count) };
}
