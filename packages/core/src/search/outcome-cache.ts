import type { SearchOutcome } from '../contract/index.js';
import { isFailure } from './outcome.js';
import type { SearchTally } from './search-counters.js';
import { Caller, onAbort } from './waiting.js';

interface Flight {
  readonly outcome: Promise<SearchOutcome>;
  readonly caller: Caller;
  waiting: number;
}

/**
 * Asks each question once: equal searches under way share one flight, and outcomes are kept, least recently used out
 * first. Failures are not kept. A flight's caller is told when nobody waits for it any more.
 */
export class OutcomeCache {
  readonly #entries: number;
  readonly #tally: SearchTally;
  readonly #kept = new Map<string, SearchOutcome>();
  readonly #flights = new Map<string, Flight>();

  constructor(entries: number, tally: SearchTally) {
    this.#entries = entries;
    this.#tally = tally;
  }

  /** The outcome under a key, from `start` when there is none. Rejects with the signal's reason when aborted. */
  get(
    key: string,
    signal: AbortSignal,
    start: (caller: Caller) => Promise<SearchOutcome>,
  ): SearchOutcome | Promise<SearchOutcome> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      this.#tally.cacheHits += 1;
      return kept;
    }
    let flight = this.#flights.get(key);
    if (flight === undefined) flight = this.#depart(key, start);
    else this.#tally.shared += 1;
    return this.#join(key, flight, signal);
  }

  #depart(key: string, start: (caller: Caller) => Promise<SearchOutcome>): Flight {
    const caller = new Caller();
    const outcome = start(caller).then(
      (arrived) => {
        this.#land(key, flight);
        if (!isFailure(arrived)) this.#keep(key, arrived);
        return arrived;
      },
      (error: unknown) => {
        this.#land(key, flight);
        throw error;
      },
    );
    const flight: Flight = { caller, waiting: 0, outcome };
    this.#flights.set(key, flight);
    return flight;
  }

  #join(key: string, flight: Flight, signal: AbortSignal): Promise<SearchOutcome> {
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const stay = onAbort(signal, (reason) => {
        flight.waiting -= 1;
        // A flight nobody waits for is not joined by later searches either: its outcome would be an abort.
        if (flight.waiting === 0) {
          this.#land(key, flight);
          flight.caller.onGone?.(reason);
        }
        reject(reason);
      });
      flight.outcome.then(
        (arrived) => {
          stay();
          resolve(arrived);
        },
        (error: unknown) => {
          stay();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  #land(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  #keep(key: string, outcome: SearchOutcome): void {
    if (this.#entries === 0) return;
    this.#kept.set(key, outcome);
    if (this.#kept.size > this.#entries) this.#kept.delete(this.#kept.keys().next().value as string);
  }
}
