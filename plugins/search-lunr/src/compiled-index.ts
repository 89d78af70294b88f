import type lunr from 'lunr';
import { fieldVectors } from './lunr-index.js';

/**
 * A lunr index as flat postings. Titles and texts are merged: as every query term has weight 1 in every field, lunr's
 * score is the plain sum of both. lunr rounds weights to thousandths, so whole thousandths hold them exactly.
 */
export interface CompiledIndex {
  readonly passageCount: number;
  /** Row of each term in `offsets`. */
  readonly terms: ReadonlyMap<string, number>;
  /** The postings of row t are `offsets[t]` to `offsets[t + 1]`; one longer than `terms`. */
  readonly offsets: Uint32Array;
  /** Position of the passage in the corpus; ascending within a term. */
  readonly passages: Uint32Array;
  /** Weight in thousandths, title and text together. */
  readonly weights: Uint16Array | Uint32Array;
}

/** Turns a lunr index whose references are positions into postings. The lunr index may be dropped afterwards. */
export function compile(index: lunr.Index, passageCount: number): CompiledIndex {
  const { invertedIndex, fieldVectors: vectors } = fieldVectors(index);
  const rows: (readonly number[])[][] = Array.from({ length: passageCount }, () => []);
  for (const [reference, vector] of vectors) {
    const position = Number(reference.slice(reference.indexOf('/') + 1));
    if (vector.length > 0) rows[position]?.push(vector);
  }
  const counts = new Uint32Array(invertedIndex.length + 1);
  let largest = 0;
  for (const row of rows) {
    merge(row, (term, weight) => {
      counts[term + 1] = (counts[term + 1] as number) + 1;
      if (weight > largest) largest = weight;
    });
  }
  for (let term = 1; term < counts.length; term++) {
    counts[term] = (counts[term] as number) + (counts[term - 1] as number);
  }
  const size = counts[counts.length - 1] as number;
  const passages = new Uint32Array(size);
  const weights = largest <= 0xffff ? new Uint16Array(size) : new Uint32Array(size);
  const next = counts.slice();
  rows.forEach((row, position) => {
    merge(row, (term, weight) => {
      const place = next[term] as number;
      next[term] = place + 1;
      passages[place] = position;
      weights[place] = weight;
    });
  });
  const terms = new Map(invertedIndex.map(([term, { _index }]) => [term, _index]));
  return { passageCount, terms, offsets: counts, passages, weights };
}

/** Adds up the vectors of one passage, which are sorted by term, and visits each term once with its thousandths. */
function merge(vectors: readonly (readonly number[])[], visit: (term: number, thousandths: number) => void): void {
  const [first = [], second = []] = vectors;
  let left = 0;
  let right = 0;
  while (left < first.length || right < second.length) {
    const leftTerm = first[left] ?? Number.POSITIVE_INFINITY;
    const rightTerm = second[right] ?? Number.POSITIVE_INFINITY;
    const term = Math.min(leftTerm, rightTerm);
    let weight = 0;
    if (leftTerm === term) {
      weight += Math.round((first[left + 1] as number) * 1000);
      left += 2;
    }
    if (rightTerm === term) {
      weight += Math.round((second[right + 1] as number) * 1000);
      right += 2;
    }
    visit(term, weight);
  }
}
