import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type lunr from 'lunr';
import { readCorpus, readQuestions, type Passage } from '@turnwise/core';
import { compileLunr } from './compile-lunr.js';
import type { Postings } from './compiled-index.js';
import { directPostings } from './direct-postings.js';
import { generatedCorpus, generatedQuery } from './generated-corpus.fixture.js';
import { lunrBuilder, type Weighting } from './lunr-index.js';
import { Ranker } from './ranker.js';
import { queryTerms } from './terms.js';

/** Postings alone, without titles and links. */
function rankerOver(postings: Postings): Ranker {
  const none = new Uint32Array(0);
  return new Ranker({
    ...postings,
    titles: { offsets: Uint32Array.of(0), words: none, passages: none },
    links: { offsets: new Uint32Array(postings.passageCount + 1), targets: none },
  });
}

const standard: Weighting = { titleBoost: 1, k1: 1.2, b: 0.75 };

/** Every passage lunr itself finds for the terms, best first, with lunr's score. */
function lunrResults(index: lunr.Index, terms: readonly string[]): { position: number; score: number }[] {
  // Without a clause lunr would return the whole corpus.
  if (terms.length === 0) return [];
  return index
    .query((query) => terms.forEach((term) => query.term(term, {})))
    .map(({ ref, score }) => ({ position: Number(ref), score }));
}

/** Same scores place by place, same passages within each run of equal scores; the cut may fall inside such a run. */
function expectSameRanking(index: lunr.Index, ranker: Ranker, query: string, topK: number): void {
  const terms = queryTerms(query);
  const theirs = lunrResults(index, terms);
  const ours = ranker.rank(terms, topK);
  expect(ours).toHaveLength(Math.min(topK, theirs.length));
  const scores = new Map(theirs.map(({ position, score }) => [position, score]));
  ours.forEach(({ position, score }, place) => {
    expect(score).toBeCloseTo(theirs[place]?.score as number, 9);
    expect(score).toBeCloseTo(scores.get(position) as number, 9);
    const before = ours[place - 1];
    if (before?.score === score) expect(before.position).toBeLessThan(position);
  });
}

describe('compiled postings against lunr itself', () => {
  it('gives the same passages and scores on generated text, whatever the weighting', () => {
    const weighting = fc.record({
      titleBoost: fc.constantFrom(0.5, 1, 2, 60),
      k1: fc.constantFrom(0, 0.9, 1.2, 2),
      b: fc.constantFrom(0, 0.4, 0.75, 1),
    });
    fc.assert(
      fc.property(
        generatedCorpus,
        fc.array(generatedQuery, { maxLength: 5 }),
        fc.integer({ min: 1, max: 12 }),
        weighting,
        (passages, queries, topK, chosen) => {
          const index = lunrBuilder(passages, chosen).build();
          const ranker = rankerOver(compileLunr(index, passages.length));
          for (const query of queries) expectSameRanking(index, ranker, query, topK);
          expect(directPostings(passages, chosen)).toEqual(compileLunr(index, passages.length));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps weights above 65.535, which need wider numbers', () => {
    const passages: Passage[] = Array.from({ length: 40 }, (_, index) => ({
      id: String(index),
      title: index === 7 ? 'rare' : 'common',
      text: 'common words',
    }));
    const index = lunrBuilder(passages, { titleBoost: 100, k1: 1.2, b: 0.75 }).build();
    const compiled = compileLunr(index, passages.length);
    expect(compiled.weights).toBeInstanceOf(Uint32Array);
    expectSameRanking(index, rankerOver(compiled), 'rare common words', 5);
  });

  it('finds a term that occurs as often as makes its weight round to nothing', () => {
    const passages: Passage[] = Array.from({ length: 2000 }, (_, index) => ({
      id: String(index),
      title: '',
      text: 'everywhere',
    }));
    const index = lunrBuilder(passages, standard).build();
    const ranker = rankerOver(compileLunr(index, passages.length));
    expect(ranker.rank(queryTerms('everywhere'), 3).map(({ position }) => position)).toEqual([0, 1, 2]);
  });
});

/** Half a million numbers are compared by their bytes: as lists that takes seconds. */
function digest({ terms, offsets, passages, weights }: Postings): string {
  const hash = createHash('sha256').update(terms.join('\n'));
  for (const array of [offsets, passages, weights]) hash.update(array);
  return hash.digest('hex');
}

const data = process.env['TURNWISE_DATA'] ?? '../shared/data';
const present = existsSync(join(data, 'corpus.jsonl'));
const reason = present ? '' : ` (skipped: no ${join(data, 'corpus.jsonl')}; set TURNWISE_DATA)`;

(present ? describe : describe.skip)(`compiled postings on real passages${reason}`, () => {
  it('equals lunr', async () => {
    // A part of the corpus: lunr itself takes many seconds for all of it inside a test.
    const passages = (await readCorpus(join(data, 'corpus.jsonl'))).slice(0, 2500);
    const index = lunrBuilder(passages, standard).build();
    const postings = compileLunr(index, passages.length);
    expect(digest(directPostings(passages, standard))).toBe(digest(postings));
    const ranker = rankerOver(postings);
    const questions = await readQuestions(join(data, 'hotpotqa.jsonl'), { limit: 40 });
    for (const { text } of questions) expectSameRanking(index, ranker, text, 10);
  });

  it('finds two thirds of the gold passages in the first three', async () => {
    const passages = await readCorpus(join(data, 'corpus.jsonl'));
    const ranker = rankerOver(directPostings(passages, standard));
    const questions = [
      ...(await readQuestions(join(data, 'hotpotqa.jsonl'))),
      ...(await readQuestions(join(data, '2wikimultihopqa.jsonl'))),
    ];
    let found = 0;
    for (const { text, supportingIds = [] } of questions) {
      const ids = new Set(ranker.rank(queryTerms(text), 3).map(({ position }) => passages[position]?.id));
      found += supportingIds.filter((id) => ids.has(id)).length / supportingIds.length;
    }
    expect(found / questions.length).toBeGreaterThanOrEqual(0.68);
  });
});
