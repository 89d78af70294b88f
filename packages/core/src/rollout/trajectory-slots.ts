/** Someone who waits for a slot. */
interface Waiting {
  readonly rank: number;
  readonly enter: () => void;
}

/** So many trajectories may be under way at once; the lowest rank goes first, and within a rank who came first. */
export class TrajectorySlots {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a slot and does the work in it.
   *
   * @param rank The step the trajectory belongs to: older steps first, so that no slow question is starved by newer ones.
   */
  async run<Result>(rank: number, work: () => Promise<Result>): Promise<Result> {
    await this.#enter(rank);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(rank: number): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((enter) => {
      const place = this.#waiting.findIndex((other) => other.rank > rank);
      this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, { rank, enter });
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next.enter();
  }
}
