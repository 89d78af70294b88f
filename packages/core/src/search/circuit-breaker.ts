/**
 * Stops calling what does not answer. Closed: calls pass. After `failures` failed calls in a row it is open for
 * `milliseconds` and nothing passes; then one call passes as a probe, which closes it again or keeps it open.
 */
export class CircuitBreaker {
  readonly #failures: number;
  readonly #milliseconds: number;
  readonly #now: () => number;
  #inARow = 0;
  #openUntil: number | null = null;
  #probing = false;
  #opened = 0;

  /** `failures` 0 never opens. */
  constructor(failures: number, milliseconds: number, now: () => number) {
    this.#failures = failures;
    this.#milliseconds = milliseconds;
    this.#now = now;
  }

  /** How often it opened. */
  get opened(): number {
    return this.#opened;
  }

  /** Whether a call may be made now; a true answer while it is open makes that call the probe. */
  admit(): boolean {
    if (this.#openUntil === null) return true;
    if (this.#probing || this.#now() < this.#openUntil) return false;
    this.#probing = true;
    return true;
  }

  succeeded(): void {
    this.#inARow = 0;
    this.#openUntil = null;
    this.#probing = false;
  }

  failed(): void {
    this.#inARow += 1;
    const trips = this.#failures > 0 && (this.#probing || this.#inARow >= this.#failures);
    this.#probing = false;
    if (!trips) return;
    if (this.#openUntil === null) this.#opened += 1;
    this.#openUntil = this.#now() + this.#milliseconds;
  }

  /** The call ended without saying anything about the back end: nobody waited for it any more. */
  abandoned(): void {
    this.#probing = false;
  }
}
