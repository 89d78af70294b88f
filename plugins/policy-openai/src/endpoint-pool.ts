import { onAbort } from './on-abort.js';

/** A server of the pool. */
interface Endpoint {
  readonly url: string;
  underWay: number;
  /** Failures since the last success. */
  failures: number;
  /** Until when, on the clock, it is asked only if all others rest too. */
  restsUntil: number;
}

interface Waiting {
  readonly key: string;
  readonly enter: (endpoint: Endpoint) => void;
  readonly leave: () => void;
}

/**
 * Least-loaded routing. A trajectory stays with the server that read its beginning, whose prefix cache knows it, unless
 * that one has clearly more to do than another or fails. A server that failed rests for a while, longer each time.
 */
export class EndpointPool {
  readonly #endpoints: Endpoint[];
  readonly #waiting: Waiting[] = [];
  readonly #homes = new Map<string, Endpoint>();

  /** @param concurrency Requests under way at once at each endpoint. */
  constructor(
    urls: readonly string[],
    private readonly concurrency: number,
    private readonly clock: { now(): number },
  ) {
    this.#endpoints = urls.map((url) => ({ url: url.replace(/\/+$/, ''), underWay: 0, failures: 0, restsUntil: 0 }));
  }

  /**
   * Waits for a place at an endpoint and does the work there.
   *
   * @param key Requests with the same key share a prefix.
   * @param isItsFault Whether a failure of the work speaks against the endpoint.
   */
  async run<Result>(
    key: string,
    signal: AbortSignal,
    work: (url: string) => Promise<Result>,
    isItsFault: (error: unknown) => boolean,
  ): Promise<Result> {
    const endpoint = await this.#enter(key, signal);
    try {
      const result = await work(endpoint.url);
      endpoint.failures = 0;
      endpoint.restsUntil = 0;
      return result;
    } catch (error) {
      if (isItsFault(error)) {
        const now = this.clock.now();
        // Requests that were under way when it began to rest fail with it: that is one failure and not one each.
        if (endpoint.restsUntil <= now) {
          endpoint.failures += 1;
          endpoint.restsUntil = now + Math.min(30_000, 250 * 2 ** endpoint.failures);
        }
        if (this.#homes.get(key) === endpoint) this.#homes.delete(key);
      }
      throw error;
    } finally {
      endpoint.underWay -= 1;
      this.#admit();
    }
  }

  /** The trajectory has ended. */
  release(key: string): void {
    this.#homes.delete(key);
  }

  #enter(key: string, signal: AbortSignal): Promise<Endpoint> {
    signal.throwIfAborted();
    const free = this.#waiting.length === 0 ? this.#choose(key) : null;
    if (free !== null) return Promise.resolve(this.#take(key, free));
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        const place = this.#waiting.indexOf(waiting);
        if (place !== -1) this.#waiting.splice(place, 1);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = { key, enter: resolve, leave: onAbort(signal, gone) };
      this.#waiting.push(waiting);
      // One that rested may have woken since a place was last given.
      this.#admit();
    });
  }

  /** Who came first goes first. */
  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const free = this.#choose(next.key);
      if (free === null) return;
      this.#waiting.shift();
      next.leave();
      next.enter(this.#take(next.key, free));
    }
  }

  #take(key: string, endpoint: Endpoint): Endpoint {
    endpoint.underWay += 1;
    this.#homes.set(key, endpoint);
    return endpoint;
  }

  /**
   * `null`: the request waits. It waits for a place at a server that is well rather than go to one that rests: that one
   * fails at once and so always has a place, and would use up the tries of everything that waits.
   */
  #choose(key: string): Endpoint | null {
    const now = this.clock.now();
    const awake = this.#endpoints.filter(({ restsUntil }) => restsUntil <= now);
    const candidates = (awake.length > 0 ? awake : this.#endpoints).filter(
      ({ underWay }) => underWay < this.concurrency,
    );
    let best: Endpoint | null = null;
    for (const endpoint of candidates) if (best === null || endpoint.underWay < best.underWay) best = endpoint;
    const home = this.#homes.get(key);
    if (best === null || home === undefined || !candidates.includes(home)) return best;
    return home.underWay <= best.underWay + this.concurrency / 4 ? home : best;
  }
}
