import type { ScoreRequest } from '@turnwise/core';

/**
 * Cuts requests, in their order, into passes for `workers` that work at the same time: as many for each, all about as long, and
 * no longer than about `maxTokens`, which `scoreRequests` holds exactly. What is scored depends on no pass, so that the cuts
 * show in no result.
 */
export function splitRequests(requests: readonly ScoreRequest[], maxTokens: number, workers: number): ScoreRequest[][] {
  const total = Math.max(
    1,
    requests.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0),
  );
  const count = workers * Math.ceil(total / (workers * maxTokens));
  const passes = Array.from({ length: count }, (): ScoreRequest[] => []);
  let before = 0;
  for (const request of requests) {
    const { length } = request.tokenIds;
    // The pass in which the middle of the request lies, when all requests are laid end to end.
    passes[Math.min(count - 1, Math.floor(((before + length / 2) / total) * count))]?.push(request);
    before += length;
  }
  return passes.filter((pass) => pass.length > 0);
}
