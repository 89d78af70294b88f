import type { SearchHit, SearchTool } from '@turnwise/core';
import { z } from 'zod';
import { parseJsonBody } from './read-body.js';
import { recallBatchReply, recallReply, searchR1Reply } from './retrieval-reply.js';
import { readRetrievalRequest, type RetrievalRequest } from './retrieval-request.js';
import { retrieve } from './retrieve.js';
import type { Route } from './route.js';
import type { ServerOptions } from './server-options.js';
import type { ServiceMetrics } from './service-metrics.js';

type Lists = readonly (readonly SearchHit[])[];
type Write = (lists: Lists, request: RetrievalRequest) => unknown;

/** ReCall's own default, where Search-R1's is the configured one. */
const recallTopK = 10;

const document = z.looseObject({
  id: z.string(),
  contents: z.string(),
  title: z.string().optional(),
  text: z.string(),
});
const queryText = z.string().describe('A blank one gets an empty list.');

const dialects: readonly (Omit<Route, 'handle'> & { readonly write: Write; readonly topK?: number })[] = [
  {
    path: '/retrieve',
    summary: 'Retrieval as Search-R1, verl and SkyRL ask for it',
    request: z.object({
      queries: z.array(queryText).describe('Or `query`, one text.'),
      topk: z.int().min(0).nullable().optional().describe('0, null or absent: the default of the service.'),
      return_scores: z.boolean().default(false),
    }),
    reply: z.object({
      result: z.array(z.array(z.union([z.object({ document, score: z.number() }), document]))),
    }),
    write: (lists, { withScores }) => searchR1Reply(lists, withScores),
  },
  {
    path: '/search',
    summary: "ReCall's search of one query",
    request: z.object({
      query: queryText,
      top_n: z.int().default(recallTopK),
      return_score: z.boolean().default(false),
    }),
    reply: z.union([z.array(document), z.tuple([z.array(document), z.array(z.number())])]),
    write: (lists, { withScores }) => recallReply(lists[0] ?? [], withScores),
    topK: recallTopK,
  },
  {
    path: '/batch_search',
    summary: "ReCall's search of many queries",
    request: z.object({
      query: z.array(queryText),
      top_n: z.int().default(recallTopK),
      return_score: z.boolean().default(false),
    }),
    reply: z.union([z.array(z.array(document)), z.tuple([z.array(z.array(document)), z.array(z.array(z.number()))])]),
    write: (lists, { withScores }) => recallBatchReply(lists, withScores),
    topK: recallTopK,
  },
];

/** Retrieval in the dialects training frameworks speak. */
export function retrievalRoutes(tool: SearchTool, options: ServerOptions, metrics: ServiceMetrics): Route[] {
  return dialects.map(({ write, topK = options.defaultTopK, ...route }) => ({
    ...route,
    async handle({ body, signal }) {
      const request = readRetrievalRequest(parseJsonBody(body), { ...options, defaultTopK: topK });
      return write(await retrieve(tool, request, signal, metrics), request);
    },
  }));
}
