/** A list of whole numbers in one typed array that doubles when full. */
export class GrowingArray {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Uint32Array(this.#values.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }

  /** A view of what was pushed, valid until the next push. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }

  /** A copy of what was pushed, exactly as long. */
  take(): Uint32Array {
    return this.#values.slice(0, this.#length);
  }
}
