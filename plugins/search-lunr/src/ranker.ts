import type { CompiledIndex } from './compiled-index.js';
import { TopPassages } from './top-passages.js';

/** A passage with its score. */
export interface RankedPassage {
  /** Position in the corpus. */
  readonly position: number;
  readonly score: number;
}

/** Scores queries against a compiled index. Holds scratch memory of 8 bytes a passage, reused by every query. */
export class Ranker {
  readonly #index: CompiledIndex;
  /** Sum of thousandths plus one, so that 0 means "not seen" even for a passage whose weights round to nothing. */
  readonly #sums: Uint32Array;
  readonly #seen: Uint32Array;

  constructor(index: CompiledIndex) {
    this.#index = index;
    this.#sums = new Uint32Array(index.passageCount);
    this.#seen = new Uint32Array(index.passageCount);
  }

  /**
   * The best `topK` passages holding any of the distinct `terms`, best first, equal scores in corpus order. Scores are
   * lunr's: the dot product of query and passage vectors divided by the length of the query vector, which for weights
   * of 1 is the square root of the number of its terms that occur in the corpus.
   */
  rank(terms: readonly string[], topK: number): RankedPassage[] {
    const { offsets, passages, weights } = this.#index;
    const sums = this.#sums;
    const seen = this.#seen;
    let seenCount = 0;
    let known = 0;
    for (const term of terms) {
      const row = this.#index.terms.get(term);
      if (row === undefined) continue;
      known += 1;
      const end = offsets[row + 1] as number;
      for (let place = offsets[row] as number; place < end; place++) {
        const position = passages[place] as number;
        const sum = sums[position] as number;
        if (sum === 0) {
          seen[seenCount++] = position;
          sums[position] = (weights[place] as number) + 1;
        } else {
          sums[position] = sum + (weights[place] as number);
        }
      }
    }
    const best = new TopPassages(topK);
    for (let place = 0; place < seenCount; place++) {
      const position = seen[place] as number;
      best.offer(sums[position] as number, position);
      sums[position] = 0;
    }
    const scale = 1 / (1000 * Math.sqrt(known));
    return best.sorted().map(({ position, score }) => ({ position, score: (score - 1) * scale }));
  }
}
