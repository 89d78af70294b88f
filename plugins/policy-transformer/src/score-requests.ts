import type { ScoreRequest } from '@turnwise/core';
import type { Engine, PackedBatch } from '@turnwise/engine';

/**
 * Log-probabilities of the tokens from `from` on, without a gradient, in passes of at most `maxTokens` tokens (one
 * longer request is a pass of its own). A request longer than the engine's context gives `null`.
 *
 * @throws RangeError for a `from` outside [1, length]
 */
export function scoreRequests(
  engine: Engine,
  requests: readonly ScoreRequest[],
  maxTokens: number,
): (Float32Array | null)[] {
  const results: (Float32Array | null)[] = requests.map(() => null);
  let pass: number[] = [];
  let size = 0;
  const flush = (): void => {
    if (pass.length > 0) scorePass(engine, requests, pass, results);
    pass = [];
    size = 0;
  };
  requests.forEach(({ tokenIds, from }, index) => {
    const { length } = tokenIds;
    if (!(Number.isInteger(from) && from >= 1 && from <= length)) {
      throw new RangeError(`from must be a position from 1 to ${length}, got ${from}`);
    }
    if (length > engine.config.contextLength) return;
    if (size + length > maxTokens) flush();
    pass.push(index);
    size += length;
  });
  flush();
  return results;
}

function scorePass(
  engine: Engine,
  requests: readonly ScoreRequest[],
  pass: readonly number[],
  results: (Float32Array | null)[],
): void {
  const chosen = pass.map((index) => requests[index] as ScoreRequest);
  const { logprobs } = engine.score(packed(chosen));
  let next = 0;
  chosen.forEach(({ tokenIds, from }, place) => {
    const count = tokenIds.length - from;
    results[pass[place] as number] = logprobs.slice(next, next + count);
    next += count;
  });
}

function packed(requests: readonly ScoreRequest[]): PackedBatch {
  const tokens = new Int32Array(requests.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0));
  const offsets = new Int32Array(requests.length + 1);
  const scored: number[] = [];
  let position = 0;
  requests.forEach(({ tokenIds, from }, index) => {
    tokens.set(tokenIds, position);
    for (let token = from; token < tokenIds.length; token++) scored.push(position + token);
    position += tokenIds.length;
    offsets[index + 1] = position;
  });
  return { tokens, offsets, scored: Int32Array.from(scored) };
}
