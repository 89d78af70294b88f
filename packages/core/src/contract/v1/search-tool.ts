import type { Passage } from './passage.js';

/** A passage found by a search. */
export interface SearchHit extends Passage {
  /** Higher is better; scores of different tools are not comparable. */
  readonly score: number;
}

/**
 * What became of one query. `ok` has at least one hit, `empty` ran and found nothing; `timeout` and `error` are
 * failures of the infrastructure: a trajectory that met one is never trained on.
 */
export type SearchStatus = 'ok' | 'empty' | 'timeout' | 'error';

/** The outcome of one query. */
export interface SearchOutcome {
  readonly status: SearchStatus;
  /** Best first; at most `topK`; empty unless `status` is `ok`. */
  readonly hits: readonly SearchHit[];
  /** For the log, never for the policy: what went wrong. */
  readonly message?: string;
}

export interface SearchOptions {
  /** Most hits per query, at least 1. */
  readonly topK: number;
  readonly signal: AbortSignal;
}

/** Finds passages. Called concurrently with batches of queries. */
export interface SearchTool {
  /** One outcome per query, in the order of the queries. A bad query is an outcome, never a throw. */
  search(queries: readonly string[], options: SearchOptions): Promise<readonly SearchOutcome[]>;
}
