import { HttpFailure } from './http-failure.js';

/** What a retrieval request asks for. */
export interface RetrievalRequest {
  /** A query that is not text is null: its place in the reply stays empty. */
  readonly queries: readonly (string | null)[];
  readonly topK: number;
  readonly withScores: boolean;
}

/** Limits a request is read under. */
export interface RequestLimits {
  readonly defaultTopK: number;
  readonly maxTopK: number;
  readonly maxQueries: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a request of any dialect: `queries` or `query`, a list or one text; `topk`, `top_n`, `top_k` or `k`, where null
 * and 0 mean the default; `return_scores` or `return_score`. Throws a 400 for what no dialect sends.
 */
export function readRetrievalRequest(body: unknown, limits: RequestLimits): RetrievalRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpFailure(400, 'The body must be a JSON object with "queries" (a list of texts) or "query" (a text).');
  }
  const fields = body as Fields;
  const asked = fields['queries'] ?? fields['query'];
  if (typeof asked !== 'string' && !Array.isArray(asked)) {
    throw new HttpFailure(400, '"queries" must be a list of texts, or "query" a text.');
  }
  const list: readonly unknown[] = typeof asked === 'string' ? [asked] : asked;
  if (list.length > limits.maxQueries) {
    throw new HttpFailure(413, `At most ${limits.maxQueries} queries fit in one request, these are ${list.length}.`);
  }
  return {
    queries: list.map((query) => (typeof query === 'string' ? query : null)),
    topK: topKOf(fields, limits),
    withScores: booleanOf(fields['return_scores'] ?? fields['return_score']),
  };
}

function topKOf(fields: Fields, { defaultTopK, maxTopK }: RequestLimits): number {
  const asked = fields['topk'] ?? fields['top_n'] ?? fields['top_k'] ?? fields['k'] ?? 0;
  const number = typeof asked === 'string' && asked.trim() !== '' ? Number(asked) : asked;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw new HttpFailure(400, '"topk" must be a whole number, 0 or more.');
  }
  return number === 0 ? Math.min(defaultTopK, maxTopK) : Math.min(number, maxTopK);
}

function booleanOf(value: unknown): boolean {
  return value === true || value === 1 || value === 'true';
}
