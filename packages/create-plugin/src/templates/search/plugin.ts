import { defineSearchTool, type Passage, type SearchHit } from '@turnwise/core';
import { z } from 'zod';

const options = z.strictObject({
  titleWeight: z.number().min(0).default(2).describe('How much more a word of the title counts than one of the text.'),
});

/** Ranks the passages of the run's corpus by how many words of the query they share. */
export default defineSearchTool({
  id: '__ID__',
  version: '0.1.0',
  options,
  create({ corpus }, { titleWeight }) {
    const index = corpus.map((passage) => ({ passage, title: words(passage.title), text: words(passage.text) }));
    const search = (query: string, topK: number): SearchHit[] =>
      index
        .map(({ passage, title, text }) => hit(passage, titleWeight * shared(query, title) + shared(query, text)))
        .filter(({ score }) => score > 0)
        .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
        .slice(0, topK);
    return {
      // A bad query is an outcome, never a throw: an empty one shares no word with anything.
      search: (queries, { topK }) =>
        Promise.resolve(
          queries.map((query) => {
            const hits = search(query, topK);
            return { status: hits.length === 0 ? 'empty' : 'ok', hits };
          }),
        ),
    };
  },
});

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
const shared = (query: string, other: ReadonlySet<string>): number =>
  [...words(query)].filter((word) => other.has(word)).length;
const hit = (passage: Passage, score: number): SearchHit => ({ ...passage, score });
