import { setMaxListeners } from 'node:events';
import type { SearchOutcome } from '../contract/index.js';
import type { SearchEnvironment } from './environment.js';
import type { Caller } from './waiting.js';
import { failedOutcome } from './outcome.js';

/** One query on its way. */
export interface PendingQuery {
  readonly query: string;
  readonly topK: number;
  /** False once it has an outcome or nobody waits for it. */
  readonly live: boolean;
  settle(outcome: SearchOutcome): void;
  fail(error: unknown): void;
}

/** Queries that go to the tool together, all with the same topK. */
export interface Batch {
  readonly queries: readonly PendingQuery[];
  /** Aborted when no query of the batch is live any more. */
  readonly signal: AbortSignal;
  /** Whether at least one query ran out of time; otherwise those that are gone were given up by their callers. */
  readonly timedOut: () => boolean;
}

/** Limits of a dispatcher. */
export interface DispatcherOptions {
  readonly batchSize: number;
  readonly batchWaitMilliseconds: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
}

class Pending implements PendingQuery {
  live = true;
  timedOut = false;
  /** The batch this query went out with; told when the query is no longer live. */
  onGone: (() => void) | null = null;
  cancelDeadline: (() => void) | null = null;
  readonly outcome: Promise<SearchOutcome>;
  #resolve!: (outcome: SearchOutcome) => void;
  #reject!: (error: unknown) => void;

  constructor(
    readonly query: string,
    readonly topK: number,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  settle(outcome: SearchOutcome): void {
    if (this.#end()) this.#resolve(outcome);
  }

  fail(error: unknown): void {
    if (this.#end()) this.#reject(error);
  }

  #end(): boolean {
    if (!this.live) return false;
    this.live = false;
    this.cancelDeadline?.();
    this.onGone?.();
    return true;
  }
}

/**
 * Gathers single queries into batches (a full batch or a short wait, whichever comes first), keeps at most
 * `concurrency` of them under way, and holds each query to its deadline, time in the queue included. The batch's work
 * is done by `carry`, which settles its queries; what it leaves unsettled becomes an error.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #environment: SearchEnvironment;
  readonly #carry: (batch: Batch) => Promise<void>;
  /** Queries waiting for company, by topK. */
  readonly #gathering = new Map<number, { queries: Pending[]; cancel: () => void }>();
  readonly #ready: Pending[][] = [];
  #underWay = 0;

  constructor(options: DispatcherOptions, environment: SearchEnvironment, carry: (batch: Batch) => Promise<void>) {
    this.#options = options;
    this.#environment = environment;
    this.#carry = carry;
  }

  /** The outcome of one query; `timeout` when its deadline passes. Rejects with the reason when its caller is gone. */
  ask(query: string, topK: number, caller: Caller): Promise<SearchOutcome> {
    const { timeoutSeconds } = this.#options;
    const pending = new Pending(query, topK);
    pending.cancelDeadline = this.#environment.schedule(timeoutSeconds * 1000, () => {
      pending.timedOut = true;
      pending.settle(failedOutcome('timeout', `no answer within ${timeoutSeconds} s`));
    });
    caller.onGone = (reason) => {
      pending.fail(reason);
    };
    this.#gather(pending);
    return pending.outcome;
  }

  #gather(pending: Pending): void {
    const { topK } = pending;
    let group = this.#gathering.get(topK);
    if (group === undefined) {
      const cancel = this.#environment.schedule(this.#options.batchWaitMilliseconds, () => {
        this.#close(topK);
      });
      group = { queries: [], cancel };
      this.#gathering.set(topK, group);
    }
    group.queries.push(pending);
    if (group.queries.length >= this.#options.batchSize) this.#close(topK);
  }

  #close(topK: number): void {
    const group = this.#gathering.get(topK);
    if (group === undefined) return;
    this.#gathering.delete(topK);
    group.cancel();
    this.#ready.push(group.queries);
    this.#start();
  }

  #start(): void {
    while (this.#underWay < this.#options.concurrency && this.#ready.length > 0) {
      const queries = (this.#ready.shift() as Pending[]).filter(({ live }) => live);
      if (queries.length === 0) continue;
      this.#underWay += 1;
      void this.#run(queries).finally(() => {
        this.#underWay -= 1;
        this.#start();
      });
    }
  }

  async #run(queries: readonly Pending[]): Promise<void> {
    const controller = new AbortController();
    // Tools that ask query by query listen once for each.
    setMaxListeners(0, controller.signal);
    let left = queries.length;
    for (const pending of queries) {
      pending.onGone = () => {
        left -= 1;
        if (left === 0) controller.abort(new Error('nobody waits for this search any more'));
      };
    }
    const timedOut = (): boolean => queries.some((pending) => pending.timedOut);
    try {
      await this.#carry({ queries, signal: controller.signal, timedOut });
      for (const pending of queries) pending.settle(failedOutcome('error', 'the search ended without an outcome'));
    } catch (error) {
      for (const pending of queries) pending.fail(error);
    }
  }
}
