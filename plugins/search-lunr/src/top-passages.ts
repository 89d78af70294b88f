/**
 * Keeps the best `capacity` of the passages offered to it: a binary heap with the worst kept passage at the root.
 * Equal scores are ordered by position in the corpus, so the result does not depend on the order of the offers.
 */
export class TopPassages {
  readonly #scores: number[] = [];
  readonly #positions: number[] = [];

  constructor(readonly capacity: number) {}

  offer(score: number, position: number): void {
    const scores = this.#scores;
    const positions = this.#positions;
    if (scores.length < this.capacity) {
      let place = scores.length;
      scores.push(score);
      positions.push(position);
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (!this.#worse(score, position, parent)) break;
        this.#move(parent, place);
        place = parent;
      }
      scores[place] = score;
      positions[place] = position;
    } else if (this.capacity > 0 && !this.#worse(score, position, 0)) {
      this.#replaceRoot(score, position);
    }
  }

  /** Passages below this score are refused: the worst kept one's once the heap is full. */
  get threshold(): number {
    return this.#scores.length < this.capacity
      ? Number.NEGATIVE_INFINITY
      : (this.#scores[0] ?? Number.POSITIVE_INFINITY);
  }

  /** Best first. */
  sorted(): { readonly position: number; readonly score: number }[] {
    return this.#positions
      .map((position, place) => ({ position, score: this.#scores[place] as number }))
      .sort((one, other) => other.score - one.score || one.position - other.position);
  }

  #replaceRoot(score: number, position: number): void {
    const count = this.#scores.length;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      const sibling = child + 1;
      if (sibling < count && this.#worse(this.#scores[sibling] as number, this.#positions[sibling] as number, child)) {
        child = sibling;
      }
      if (this.#worse(score, position, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#scores[place] = score;
    this.#positions[place] = position;
  }

  #worse(score: number, position: number, than: number): boolean {
    const other = this.#scores[than] as number;
    return score < other || (score === other && position > (this.#positions[than] as number));
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from] as number;
    this.#positions[to] = this.#positions[from] as number;
  }
}
