/**
 * A search index as flat arrays. Titles and texts are merged: as every query term has weight 1 in every field, lunr's
 * score is the plain sum of both. lunr rounds weights to thousandths, so whole thousandths hold them exactly.
 */
export interface CompiledIndex extends Postings {
  readonly titles: TitlePhrases;
  readonly links: PassageLinks;
}

/** Which passage holds which term with which weight. */
export interface Postings {
  readonly passageCount: number;
  /** The terms in the order of their rows. */
  readonly terms: readonly string[];
  /** The postings of row t are `offsets[t]` to `offsets[t + 1]`; one longer than `terms`. */
  readonly offsets: Uint32Array;
  /** Position of the passage in the corpus; ascending within a term. */
  readonly passages: Uint32Array;
  /** Weight in thousandths, title and text together. */
  readonly weights: Uint16Array | Uint32Array;
}

/** The titles as sequences of term rows; a title with a remark in brackets stands there with and without it. */
export interface TitlePhrases {
  /** The words of phrase i are `words[offsets[i]]` to `words[offsets[i + 1]]`. */
  readonly offsets: Uint32Array;
  /** Term rows. */
  readonly words: Uint32Array;
  /** The passage each phrase is a title of. */
  readonly passages: Uint32Array;
}

/** Which passages are named, by their title of two or more words, in the text of a passage. */
export interface PassageLinks {
  /** The targets of passage p are `targets[offsets[p]]` to `targets[offsets[p + 1]]`. */
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
}

/** Packs weights as narrow as the largest allows. */
export function weightArray(size: number, largest: number): Uint16Array | Uint32Array {
  return largest <= 0xffff ? new Uint16Array(size) : new Uint32Array(size);
}
