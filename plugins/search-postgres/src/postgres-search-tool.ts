import {
  SearchFailure,
  TurnwiseError,
  type SearchHit,
  type SearchOptions,
  type SearchOutcome,
  type SearchTool,
} from '@turnwise/core';
import type pg from 'pg';
import { openPool, tablesOf } from './connection.js';
import type { PostgresOptions } from './options.js';
import { searchStatement } from './search-statement.js';
import { searchableText } from './searchable-text.js';

/** PostgreSQL's codes for a statement cancelled by its timeout and for a table that does not exist. */
const queryCancelled = '57014';
const undefinedTable = '42P01';

/** Longer queries are cut: no question is longer, and the parser's time grows with its text. */
const maxQueryCharacters = 4_000;

/** Full-text search in PostgreSQL over a table written by the import. */
export class PostgresSearchTool implements SearchTool {
  readonly #options: PostgresOptions;
  readonly #pool: pg.Pool;
  readonly #statement: string;
  #passageCount: Promise<number> | null = null;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#pool = openPool(options, options.statementTimeoutSeconds);
    this.#statement = searchStatement(tablesOf(options));
  }

  /** Checks that the table is there and was written for this language. */
  async init(): Promise<void> {
    await this.#countPassages();
  }

  async search(queries: readonly string[], { topK, signal }: SearchOptions): Promise<SearchOutcome[]> {
    const settled = await Promise.allSettled(queries.map((query) => this.#answer(query, topK, signal)));
    signal.throwIfAborted();
    const failures = settled.filter((result) => result.status === 'rejected');
    // Nothing went through: the whole call failed, and the search layer may try it again.
    if (failures.length > 0 && failures.length === settled.length) throw asFailure(failures[0]?.reason);
    return settled.map((result) =>
      result.status === 'fulfilled'
        ? result.value
        : { status: 'error', hits: [], message: (result.reason as Error).message },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #answer(query: string, topK: number, signal: AbortSignal): Promise<SearchOutcome> {
    const text = searchableText(query.slice(0, maxQueryCharacters));
    if (text.trim() === '') return { status: 'empty', hits: [], message: 'the query is blank' };
    const count = await this.#countPassages();
    const { language, maxCandidates } = this.#options;
    try {
      const hits = await this.#run<SearchHit>(this.#statement, [language, text, count, maxCandidates, topK], signal);
      return { status: hits.length > 0 ? 'ok' : 'empty', hits };
    } catch (error) {
      if ((error as { code?: unknown }).code !== queryCancelled) throw error;
      return {
        status: 'timeout',
        hits: [],
        message: `the statement took longer than ${this.#options.statementTimeoutSeconds} s`,
      };
    }
  }

  /** Runs a statement; when aborted, the connection is given up, and the server ends the statement at its timeout. */
  async #run<Row extends pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Row[]> {
    signal.throwIfAborted();
    const client = await this.#pool.connect();
    // A connection that breaks mid-statement says so twice: to the statement, and as an event nobody else listens to.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let abort = ignore;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = () => {
        reject(signal.reason as Error);
      };
    });
    signal.addEventListener('abort', abort, { once: true });
    let broken = true;
    try {
      const { rows } = await Promise.race([client.query<Row>(statement, [...values]), aborted]);
      broken = false;
      return rows;
    } catch (error) {
      // An error with a code came from the server, over a connection that works.
      broken = signal.aborted || (error as { code?: unknown }).code === undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      client.off('error', ignore);
      client.release(broken);
    }
  }

  #countPassages(): Promise<number> {
    this.#passageCount ??= this.#readComment().catch((error: unknown) => {
      this.#passageCount = null;
      throw error;
    });
    return this.#passageCount;
  }

  async #readComment(): Promise<number> {
    const { table, language } = this.#options;
    const missing = (cause?: unknown): TurnwiseError =>
      new TurnwiseError('DATA_NOT_FOUND', `The database has no passages in the table ${table}.`, {
        where: 'search.with.table',
        hint: 'Import them first: turnwise data import --corpus FILE --into postgres.',
        ...(cause === undefined ? {} : { cause }),
      });
    const never = new AbortController().signal;
    const [row] = await this.#run<{ comment: string | null }>(
      `SELECT obj_description($1::regclass, 'pg_class') AS comment`,
      [tablesOf(this.#options).passages],
      never,
    ).catch((error: unknown) => {
      throw (error as { code?: unknown }).code === undefinedTable ? missing(error) : error;
    });
    const written = readComment(row?.comment ?? null);
    if (written === null) throw missing();
    if (written.language !== language) {
      throw new TurnwiseError(
        'DATA_INVALID',
        `The table ${table} was imported for the language ${written.language}, not ${language}.`,
        { where: 'search.with.language', hint: `Set language: ${written.language}, or import again.` },
      );
    }
    return written.passages;
  }
}

function readComment(comment: string | null): { language: string; passages: number } | null {
  try {
    const { turnwise, language, passages } = JSON.parse(comment ?? '') as Record<string, unknown>;
    return turnwise === 1 && typeof language === 'string' && typeof passages === 'number'
      ? { language, passages }
      : null;
  } catch {
    return null;
  }
}

/** What passes, as HTTP would say it: no connection, and SQLSTATE 08 (connection), 53 (resources), 57 (intervention). */
function asFailure(error: unknown): unknown {
  const { code, message, syscall } = error as { code?: unknown; message?: string; syscall?: unknown };
  const passes = typeof code === 'string' && /^(?:08|53|57)/.test(code);
  const closed = code === undefined && /terminated|timeout|closed/i.test(message ?? '');
  return passes || closed || syscall === 'connect'
    ? new SearchFailure(message ?? 'PostgreSQL failed', { status: 503, cause: error })
    : error;
}
