import type { SearchHit, SearchTool } from '@turnwise/core';
import { HttpFailure } from './http-failure.js';
import type { RetrievalRequest } from './retrieval-request.js';
import type { ServiceMetrics } from './service-metrics.js';

/**
 * One list of hits a query, in order. Blank queries and queries that are not text get an empty list. When the search
 * tool fails for any query the whole request fails (503, 504 when it ran out of time): the reply has no word for "this
 * one failed", and an empty list in its place would be trained on as "found nothing".
 */
export async function retrieve(
  tool: SearchTool,
  { queries, topK }: RetrievalRequest,
  signal: AbortSignal,
  metrics: ServiceMetrics,
): Promise<readonly (readonly SearchHit[])[]> {
  const good = queries.filter((query): query is string => query !== null && query.trim() !== '');
  const outcomes = good.length === 0 ? [] : await tool.search(good, { topK, signal });
  if (outcomes.length !== good.length)
    throw new HttpFailure(500, 'The search tool answered another number of queries.');
  for (const { status } of outcomes) metrics.query(status);
  const failed = outcomes.filter(({ status }) => status === 'timeout' || status === 'error');
  if (failed.length > 0) {
    const late = failed.every(({ status }) => status === 'timeout');
    throw new HttpFailure(late ? 504 : 503, `The search failed for ${failed.length} of ${good.length} queries.`, {
      'retry-after': '1',
    });
  }
  let next = 0;
  return queries.map((query) => (query === null || query.trim() === '' ? [] : (outcomes[next++]?.hits ?? [])));
}
