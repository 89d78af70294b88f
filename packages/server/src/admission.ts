import { HttpFailure } from './http-failure.js';

/** Lets so many requests in at once, and none any more once the service is draining. */
export class Admission {
  readonly #limit: number;
  #inside = 0;
  #draining = false;
  #onEmpty: (() => void) | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inside(): number {
    return this.#inside;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Lets a request in and returns the function that lets it out again. Throws a 503 when it may not come in. */
  enter(): () => void {
    if (this.#draining) throw new HttpFailure(503, 'The service is shutting down.', { connection: 'close' });
    if (this.#inside >= this.#limit) {
      throw new HttpFailure(503, `More than ${this.#limit} requests are under way. Try again.`, { 'retry-after': '1' });
    }
    this.#inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside -= 1;
      if (this.#inside === 0) this.#onEmpty?.();
    };
  }

  /** Lets nobody in any more and resolves when the last one is out. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#inside === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }
}
