import type { Passage } from '@turnwise/core';
import type { TitlePhrases } from './compiled-index.js';
import { GrowingArray } from './growing-array.js';
import { isStopWord, passageTerms } from './terms.js';
import { tokenize } from './tokenize.js';

/** Longer titles are cut to this many words before they are looked for. */
const maxTitleWords = 16;

/** The titles of a corpus as sequences of term rows. Titles of stop words alone ("It", "The Who") are left out. */
export function titlePhrases(passages: readonly Passage[], rowOf: ReadonlyMap<string, number>): TitlePhrases {
  const offsets = new GrowingArray();
  const words = new GrowingArray();
  const owners = new GrowingArray();
  offsets.push(0);
  passages.forEach(({ title }, position) => {
    const bare = title.replace(/\s*\([^)]*\)\s*$/, '');
    for (const form of bare === title ? [title] : [bare, title]) {
      if ([...tokenize(form)].every(isStopWord)) continue;
      for (const term of passageTerms(form).slice(0, maxTitleWords)) words.push(rowOf.get(term) as number);
      offsets.push(words.length);
      owners.push(position);
    }
  });
  return { offsets: offsets.take(), words: words.take(), passages: owners.take() };
}

/** A title standing in a text. */
export interface TitleMatch {
  /** Words of the title. */
  readonly length: number;
  /** Positions of the passages with that title; several when they share it. */
  readonly passages: readonly number[];
}

/** Finds titles in sequences of term rows: a trie with its edges in one map. */
export class TitleFinder {
  readonly #edges = new Map<number, number>();
  readonly #ends = new Map<number, number[]>();
  readonly #rows: number;

  constructor({ offsets, words, passages }: TitlePhrases, rows: number) {
    this.#rows = rows;
    let nodes = 1;
    passages.forEach((position, phrase) => {
      let node = 0;
      for (let place = offsets[phrase] as number; place < (offsets[phrase + 1] as number); place++) {
        const edge = node * rows + (words[place] as number);
        let next = this.#edges.get(edge);
        if (next === undefined) {
          next = nodes++;
          this.#edges.set(edge, next);
        }
        node = next;
      }
      const holders = this.#ends.get(node);
      if (holders === undefined) this.#ends.set(node, [position]);
      else if (holders.at(-1) !== position) holders.push(position);
    });
  }

  /**
   * The titles in a text, longest first at each word and not within one another. `text` holds the term row of each
   * word, -1 for words the corpus does not have.
   */
  find(text: ArrayLike<number>): TitleMatch[] {
    const found: TitleMatch[] = [];
    for (let start = 0; start < text.length;) {
      let node = 0;
      let length = 0;
      let passages: readonly number[] | undefined;
      for (let place = start; place < text.length; place++) {
        const row = text[place] as number;
        const next = row < 0 ? undefined : this.#edges.get(node * this.#rows + row);
        if (next === undefined) break;
        node = next;
        const ends = this.#ends.get(node);
        if (ends !== undefined) [length, passages] = [place - start + 1, ends];
      }
      if (passages !== undefined) found.push({ length, passages });
      start += Math.max(length, 1);
    }
    return found;
  }
}
