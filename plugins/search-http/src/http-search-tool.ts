import { SearchFailure, type SearchHit, type SearchOptions, type SearchOutcome, type SearchTool } from '@turnwise/core';
import { dialects, type Dialect } from './dialects.js';
import type { HttpOptions } from './options.js';
import { postJson, type Endpoint } from './post-json.js';
import { readReply } from './read-reply.js';

/**
 * Asks a retrieval service over HTTP. Blank queries are `empty` without being sent, as some services refuse them.
 * A failed request rejects with its cause, for the search layer to try again or to turn into outcomes.
 */
export class HttpSearchTool implements SearchTool {
  readonly #dialect: Dialect;
  readonly #endpoint: Endpoint;

  /** `token` is sent as bearer token. */
  constructor({ url, dialect, headers, maxReplyMegabytes }: HttpOptions, token: string | null = null) {
    this.#dialect = dialects[dialect];
    const address = new URL(url);
    if (address.pathname === '/' || address.pathname === '') address.pathname = this.#dialect.path;
    this.#endpoint = {
      url: address,
      headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      maxReplyBytes: maxReplyMegabytes * 1_000_000,
    };
  }

  async search(queries: readonly string[], { topK, signal }: SearchOptions): Promise<SearchOutcome[]> {
    const asked = queries.filter((query) => query.trim() !== '');
    const found = this.#dialect.batched
      ? await this.#ask(asked, topK, signal)
      : (await Promise.all(asked.map((query) => this.#ask([query], topK, signal)))).flat();
    let next = 0;
    return queries.map((query) => {
      if (query.trim() === '') return { status: 'empty', hits: [], message: 'the query is blank' };
      const hits = (found[next++] ?? []).slice(0, topK);
      return { status: hits.length > 0 ? 'ok' : 'empty', hits };
    });
  }

  async #ask(queries: readonly string[], topK: number, signal: AbortSignal): Promise<SearchHit[][]> {
    if (queries.length === 0) return [];
    const reply = await postJson(this.#endpoint, this.#dialect.body(queries, topK), signal);
    try {
      return readReply(reply, queries.length);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SearchFailure(`The reply of ${this.#endpoint.url.origin} cannot be read: ${reason}.`, { cause });
    }
  }
}
