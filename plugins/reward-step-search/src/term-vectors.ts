import { answerTokens } from '@turnwise/core';

/** Term weights of a text, scaled to length 1. */
export type TermVector = ReadonlyMap<string, number>;

/** Turns texts into TF-IDF vectors over one corpus. */
export interface TermVectors {
  vector(text: string): TermVector;
}

/**
 * TF-IDF over a corpus: weight = count x (ln((1 + N) / (1 + df)) + 1), then scaled to length 1, as scikit-learn's
 * `TfidfVectorizer` does by default; words are those of `normalizeAnswer`. A word outside the corpus has df 0.
 */
export function termVectors(corpus: Iterable<string>): TermVectors {
  const documentFrequency = new Map<string, number>();
  let documents = 0;
  for (const text of corpus) {
    documents++;
    for (const term of new Set(answerTokens(text))) documentFrequency.set(term, (documentFrequency.get(term) ?? 0) + 1);
  }
  return {
    vector(text) {
      const weights = new Map<string, number>();
      for (const term of answerTokens(text)) weights.set(term, (weights.get(term) ?? 0) + 1);
      let squares = 0;
      for (const [term, count] of weights) {
        const weight = count * (Math.log((1 + documents) / (1 + (documentFrequency.get(term) ?? 0))) + 1);
        weights.set(term, weight);
        squares += weight ** 2;
      }
      for (const [term, weight] of weights) weights.set(term, weight / Math.sqrt(squares));
      return weights;
    },
  };
}

/** Cosine of two vectors of length 1, in [0, 1]; 0 when either is empty. */
export function cosine(left: TermVector, right: TermVector): number {
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return Math.min(sum, 1);
}
