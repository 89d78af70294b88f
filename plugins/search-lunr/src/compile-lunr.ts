import type lunr from 'lunr';
import type { Passage } from '@turnwise/core';
import { weightArray, type Postings } from './compiled-index.js';
import { fieldVectors, lunrBuilder, type Weighting } from './lunr-index.js';

/** Indexes passages with lunr and turns lunr's field vectors into postings. The lunr index is dropped afterwards. */
export function lunrPostings(passages: readonly Passage[], weighting: Weighting): Postings {
  return compileLunr(lunrBuilder(passages, weighting).build(), passages.length);
}

/** Turns a lunr index whose references are positions into postings. */
export function compileLunr(index: lunr.Index, passageCount: number): Postings {
  const { invertedIndex, fieldVectors: vectors } = fieldVectors(index);
  const rows: (readonly number[])[][] = Array.from({ length: passageCount }, () => []);
  for (const [reference, vector] of vectors) {
    const position = Number(reference.slice(reference.indexOf('/') + 1));
    if (vector.length > 0) rows[position]?.push(vector);
  }
  const offsets = new Uint32Array(invertedIndex.length + 1);
  let largest = 0;
  for (const row of rows) {
    merge(row, (term, weight) => {
      offsets[term + 1] = (offsets[term + 1] as number) + 1;
      if (weight > largest) largest = weight;
    });
  }
  for (let term = 1; term < offsets.length; term++) {
    offsets[term] = (offsets[term] as number) + (offsets[term - 1] as number);
  }
  const size = offsets.at(-1) as number;
  const passages = new Uint32Array(size);
  const weights = weightArray(size, largest);
  const next = offsets.slice();
  rows.forEach((row, position) => {
    merge(row, (term, weight) => {
      const place = next[term] as number;
      next[term] = place + 1;
      passages[place] = position;
      weights[place] = weight;
    });
  });
  const terms: string[] = Array.from({ length: invertedIndex.length }, () => '');
  for (const [term, { _index }] of invertedIndex) terms[_index] = term;
  return { passageCount, terms, offsets, passages, weights };
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
