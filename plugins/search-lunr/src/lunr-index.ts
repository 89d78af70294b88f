import lunr from 'lunr';
import type { Passage } from '@turnwise/core';
import { passageTerms } from './terms.js';

/** How passages are weighted. The formula is BM25 as lunr writes it. */
export interface Weighting {
  /** A match in the title counts this many times a match in the text. */
  readonly titleBoost: number;
  /** BM25 k1: how slowly repeated terms stop counting. */
  readonly k1: number;
  /** BM25 b: how much long passages are penalised, 0 to 1. */
  readonly b: number;
}

/** lunr's index as its public `toJSON` shows it, without what a compilation does not read. */
interface SerialisedIndex {
  readonly fieldVectors: readonly (readonly [reference: string, termsAndWeights: readonly number[]])[];
  readonly invertedIndex: readonly (readonly [term: string, posting: { readonly _index: number }])[];
}

/** A lunr builder over titles and texts with our terms in place of lunr's tokenizer and pipeline. */
export function lunrBuilder(passages: readonly Passage[], weighting: Weighting): lunr.Builder {
  const builder = new lunr.Builder();
  // Terms come out of the tokenizer ready made: lunr's own trimmer is ASCII only and would cut accented letters.
  builder.tokenizer = ((text: string) => passageTerms(text)) as unknown as typeof lunr.tokenizer;
  builder.ref('reference');
  builder.field('title', { boost: weighting.titleBoost });
  builder.field('text');
  builder.k1(weighting.k1);
  builder.b(weighting.b);
  // Positions, not passage ids, are the references: an id may hold anything, and lunr turns it into text.
  passages.forEach(({ title, text }, position) => builder.add({ reference: position, title, text }));
  return builder;
}

/** The vectors of a built lunr index: for each field of each passage `[term, weight, term, weight, ...]`. */
export function fieldVectors(index: lunr.Index): SerialisedIndex {
  return index.toJSON() as unknown as SerialisedIndex;
}
