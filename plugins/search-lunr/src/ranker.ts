import type { CompiledIndex } from './compiled-index.js';
import { TitleFinder } from './title-phrases.js';
import { TopPassages } from './top-passages.js';

/** A passage with its score. */
export interface RankedPassage {
  /** Position in the corpus. */
  readonly position: number;
  readonly score: number;
}

/** What is added to lunr's scores. All shares are of a score, 0 turns them off. */
export interface Expansion {
  /** Share of the best score given to a passage whose whole title stands in the query; a quarter for one-word titles. */
  readonly titleMatch: number;
  /** Share of a leading passage's score given to the passages it names by title. */
  readonly links: number;
}

/** How many leading passages hand on score to those they name. */
const linkingPassages = 2;

/** Scores queries against an index. Holds scratch memory of 8 bytes a passage, reused by every query. */
export class Ranker {
  readonly #index: CompiledIndex;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #finder: TitleFinder;
  /** Sum of thousandths plus one, so that 0 means "not seen" even for a passage whose weights round to nothing. */
  readonly #sums: Uint32Array;
  readonly #seen: Uint32Array;
  #seenCount = 0;

  constructor(index: CompiledIndex) {
    this.#index = index;
    this.#rowOf = new Map(index.terms.map((term, row) => [term, row]));
    this.#finder = new TitleFinder(index.titles, index.terms.length);
    this.#sums = new Uint32Array(index.passageCount);
    this.#seen = new Uint32Array(index.passageCount);
  }

  /**
   * The best `topK` passages holding any of the distinct `terms`, best first, equal scores in corpus order. Scores are
   * lunr's: the dot product of query and passage vectors divided by the length of the query vector, which for weights
   * of 1 is the square root of the number of its terms that occur in the corpus.
   */
  rank(terms: readonly string[], topK: number): RankedPassage[] {
    const known = this.#add(terms);
    return this.#collect(topK, known);
  }

  /** As {@link rank}, with titles found in `words` (every word of the query, in order) and links counting too. */
  rankExpanded(
    terms: readonly string[],
    words: readonly string[],
    topK: number,
    { titleMatch, links }: Expansion,
  ): RankedPassage[] {
    const known = this.#add(terms);
    if (titleMatch > 0) this.#addTitles(words, titleMatch);
    if (links > 0) this.#addLinks(links);
    return this.#collect(topK, known);
  }

  /** Adds up the postings of the terms; returns how many of them the corpus has. */
  #add(terms: readonly string[]): number {
    const { offsets, passages, weights } = this.#index;
    const sums = this.#sums;
    const seen = this.#seen;
    let seenCount = 0;
    let known = 0;
    for (const term of terms) {
      const row = this.#rowOf.get(term);
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
    this.#seenCount = seenCount;
    return known;
  }

  #addTitles(words: readonly string[], share: number): void {
    const matches = this.#finder.find(words.map((word) => this.#rowOf.get(word) ?? -1));
    if (matches.length === 0) return;
    const best = this.#best(1)[0]?.score ?? 0;
    const given = new Map<number, number>();
    for (const { length, passages } of matches) {
      const bonus = Math.round(best * (length > 1 ? share : share / 4));
      for (const position of passages) given.set(position, Math.max(given.get(position) ?? 0, bonus));
    }
    for (const [position, bonus] of given) this.#give(position, bonus);
  }

  #addLinks(share: number): void {
    const { offsets, targets } = this.#index.links;
    for (const { position, score } of this.#best(linkingPassages)) {
      for (let place = offsets[position] as number; place < (offsets[position + 1] as number); place++) {
        this.#give(targets[place] as number, Math.round(score * share));
      }
    }
  }

  #give(position: number, thousandths: number): void {
    const sum = this.#sums[position] as number;
    if (sum === 0) this.#seen[this.#seenCount++] = position;
    this.#sums[position] = Math.max(sum, 1) + thousandths;
  }

  /** The leading passages so far, scores in thousandths. */
  #best(count: number): RankedPassage[] {
    const best = new TopPassages(count);
    const sums = this.#sums;
    const seen = this.#seen;
    const seenCount = this.#seenCount;
    let threshold = best.threshold;
    for (let place = 0; place < seenCount; place++) {
      const position = seen[place] as number;
      const sum = sums[position] as number;
      // Nearly all passages end here, without a call.
      if (sum < threshold) continue;
      best.offer(sum, position);
      threshold = best.threshold;
    }
    return best.sorted().map(({ position, score }) => ({ position, score: score - 1 }));
  }

  #collect(topK: number, known: number): RankedPassage[] {
    const best = this.#best(topK);
    const sums = this.#sums;
    const seen = this.#seen;
    const seenCount = this.#seenCount;
    for (let place = 0; place < seenCount; place++) sums[seen[place] as number] = 0;
    const scale = 1 / (1000 * Math.sqrt(known));
    return best.map(({ position, score }) => ({ position, score: score * scale }));
  }
}
