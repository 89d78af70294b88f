import type { HttpOptions } from './options.js';

/** How one dialect asks. Scores are always asked for: Search-R1's own server breaks when they are not. */
export interface Dialect {
  /** Where requests go when the configured address has no path. */
  readonly path: string;
  /** Whether a request carries all queries or one. */
  readonly batched: boolean;
  body(queries: readonly string[], topK: number): object;
}

/** Search-R1 and verl (`queries`), SkyRL (`query`, one a request), ReCall (`query` as a list, `top_n`). */
export const dialects: Readonly<Record<HttpOptions['dialect'], Dialect>> = {
  'search-r1': {
    path: '/retrieve',
    batched: true,
    body: (queries, topK) => ({ queries, topk: topK, return_scores: true }),
  },
  skyrl: {
    path: '/retrieve',
    batched: false,
    body: ([query], topK) => ({ query, topk: topK, return_scores: true }),
  },
  recall: {
    path: '/batch_search',
    batched: true,
    body: (queries, topK) => ({ query: queries, top_n: topK, return_score: true }),
  },
};
