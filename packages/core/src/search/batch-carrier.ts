import type { SearchOutcome, SearchTool } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { Batch, PendingQuery } from './dispatcher.js';
import { pause, type SearchEnvironment } from './environment.js';
import { isRefusal, isTransient, retryAfter } from './failure.js';
import { coherentOutcome, failedOutcome, isFailure } from './outcome.js';
import type { SearchTally } from './search-counters.js';

/** How often and how fast a batch is tried again. */
export interface RetryOptions {
  readonly attempts: number;
  readonly retrySeconds: number;
  /** Id of the tool, for messages. */
  readonly name?: string | undefined;
}

/** Brings batches to a tool and their outcomes back, through failures of the infrastructure. */
export class BatchCarrier {
  readonly #tool: SearchTool;
  readonly #options: RetryOptions;
  readonly #breaker: CircuitBreaker;
  readonly #environment: SearchEnvironment;
  readonly #tally: SearchTally;

  constructor(
    tool: SearchTool,
    options: RetryOptions,
    breaker: CircuitBreaker,
    environment: SearchEnvironment,
    tally: SearchTally,
  ) {
    this.#tool = tool;
    this.#options = options;
    this.#breaker = breaker;
    this.#environment = environment;
    this.#tally = tally;
  }

  /**
   * Settles every live query of the batch. Lost connections, 429 and 5xx are tried again after a random pause ("full
   * jitter": uniform between 0 and a bound that doubles). A batch the back end refuses is halved, so that one bad query
   * does not take its neighbours down. Throws only for a tool that breaks its contract.
   */
  async carry(batch: Batch): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const live = batch.queries.filter((pending) => pending.live);
      if (live.length === 0) return;
      if (!this.#breaker.admit()) {
        settleAll(live, failedOutcome('error', 'the search tool failed too often and is given a rest'));
        return;
      }
      const result = await this.#call(live, batch);
      if (result === null) return;
      if (result.outcomes !== undefined) {
        live.forEach((pending, place) => {
          pending.settle(coherentOutcome(result.outcomes[place] as SearchOutcome, pending.topK));
        });
        return;
      }
      const { error } = result;
      if (isRefusal(error) && live.length > 1) {
        const half = Math.ceil(live.length / 2);
        for (const part of [live.slice(0, half), live.slice(half)]) await this.carry({ ...batch, queries: part });
        return;
      }
      if (!isTransient(error) || attempt >= this.#options.attempts) {
        settleAll(live, failedOutcome('error', messageOf(error)));
        return;
      }
      this.#tally.retries += 1;
      const jittered = this.#environment.random() * this.#options.retrySeconds * 2 ** (attempt - 1);
      await pause(this.#environment, 1000 * Math.max(jittered, retryAfter(error)), batch.signal);
    }
  }

  /** One call; null when nobody waited for its end. A tool that ignores the signal is left behind, not waited for. */
  async #call(
    live: readonly PendingQuery[],
    { signal, timedOut }: Batch,
  ): Promise<{ outcomes: readonly SearchOutcome[]; error?: never } | { error: unknown; outcomes?: never } | null> {
    const queries = live.map(({ query }) => query);
    const topK = (live[0] as PendingQuery).topK;
    this.#tally.calls += 1;
    let outcomes: readonly SearchOutcome[] | null;
    try {
      outcomes = await orAborted(this.#tool.search(queries, { topK, signal }), signal);
    } catch (error) {
      if (signal.aborted) return this.#given(timedOut());
      // A refusal is an answer: the back end lives.
      if (isRefusal(error)) this.#breaker.succeeded();
      else this.#breaker.failed();
      return { error };
    }
    if (outcomes === null) return this.#given(timedOut());
    if (outcomes.length !== queries.length) {
      this.#breaker.abandoned();
      const { name } = this.#options;
      throw new TurnwiseError(
        'CONTRACT_SEARCH_LENGTH',
        `The search tool returned ${outcomes.length} outcomes for ${queries.length} queries.`,
        {
          ...(name === undefined ? {} : { where: `search ${name}` }),
          hint: 'A search tool returns one outcome for each query, in the order of the queries.',
        },
      );
    }
    if (outcomes.every(isFailure)) this.#breaker.failed();
    else this.#breaker.succeeded();
    return { outcomes };
  }

  #given(timedOut: boolean): null {
    if (timedOut) this.#breaker.failed();
    else this.#breaker.abandoned();
    return null;
  }
}

function settleAll(queries: readonly PendingQuery[], outcome: SearchOutcome): void {
  for (const pending of queries) pending.settle(outcome);
}

function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      resolve(null);
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/** The error's message and its cause's: `fetch failed` alone tells nobody that the connection was refused. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' && !message.includes(cause.message)
    ? `${message}: ${cause.message}`
    : message;
}
