import type { SearchOutcome, SearchStatus } from '../contract/index.js';

/** What a search layer has done since it was made. */
export interface SearchCounters {
  /** Queries asked of the layer. */
  readonly queries: number;
  /** Outcomes by status; their sum is the number of answered queries. */
  readonly outcomes: Readonly<Record<SearchStatus, number>>;
  /** Queries answered from the cache. */
  readonly cacheHits: number;
  /** Queries that joined an equal one already under way. */
  readonly shared: number;
  /** Calls of the tool, retries included. */
  readonly calls: number;
  readonly retries: number;
  /** How often the circuit breaker opened. */
  readonly breakerOpened: number;
  /** Seconds from question to outcome over the last 1,024 queries that were not cached; 0 before the first. */
  readonly p50Seconds: number;
  readonly p95Seconds: number;
}

const remembered = 1024;

/** Counts what a layer does. */
export class SearchTally {
  queries = 0;
  cacheHits = 0;
  shared = 0;
  calls = 0;
  retries = 0;
  readonly #outcomes: Record<SearchStatus, number> = { ok: 0, empty: 0, timeout: 0, error: 0 };
  readonly #seconds: number[] = [];
  #next = 0;

  answered({ status }: SearchOutcome): void {
    this.#outcomes[status] += 1;
  }

  took(seconds: number): void {
    this.#seconds[this.#next] = seconds;
    this.#next = (this.#next + 1) % remembered;
  }

  counters(breakerOpened: number): SearchCounters {
    const { queries, cacheHits, shared, calls, retries } = this;
    const sorted = this.#seconds.toSorted((one, other) => one - other);
    const quantile = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      ...{ queries, cacheHits, shared, calls, retries, breakerOpened },
      outcomes: { ...this.#outcomes },
      p50Seconds: quantile(0.5),
      p95Seconds: quantile(0.95),
    };
  }
}
