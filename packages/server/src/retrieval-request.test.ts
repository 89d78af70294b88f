import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HttpFailure } from './http-failure.js';
import { readRetrievalRequest } from './retrieval-request.js';

const limits = { defaultTopK: 3, maxTopK: 100, maxQueries: 4 };

describe('readRetrievalRequest', () => {
  it.each([
    [
      { queries: ['a', 'b'], topk: 5, return_scores: true },
      { queries: ['a', 'b'], topK: 5, withScores: true },
    ],
    [
      { query: 'a', topk: null, return_scores: false },
      { queries: ['a'], topK: 3, withScores: false },
    ],
    [
      { query: ['a', 'b'], top_n: 2, return_score: true },
      { queries: ['a', 'b'], topK: 2, withScores: true },
    ],
    [
      { queries: 'a', topk: 0 },
      { queries: ['a'], topK: 3, withScores: false },
    ],
    [
      { queries: ['a'], topk: 5000 },
      { queries: ['a'], topK: 100, withScores: false },
    ],
    [
      { queries: ['a'], topk: '7' },
      { queries: ['a'], topK: 7, withScores: false },
    ],
    [{ queries: ['', null, 7, 'a'] }, { queries: ['', null, null, 'a'], topK: 3, withScores: false }],
    [{ queries: [] }, { queries: [], topK: 3, withScores: false }],
  ])('%j', (body, expected) => {
    expect(readRetrievalRequest(body, limits)).toEqual(expected);
  });

  it.each([
    [null, 400],
    [['a'], 400],
    [{}, 400],
    [{ queries: 7 }, 400],
    [{ queries: ['a'], topk: -1 }, 400],
    [{ queries: ['a'], topk: 1.5 }, 400],
    [{ queries: ['a'], topk: 'many' }, 400],
    [{ queries: ['a', 'b', 'c', 'd', 'e'] }, 413],
  ])('refuses %j with %i', (body, status) => {
    expect(() => readRetrievalRequest(body, limits)).toThrow(expect.objectContaining({ status }));
  });

  it('reads or refuses any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          const { topK, queries } = readRetrievalRequest(body, limits);
          expect(topK).toBeGreaterThan(0);
          expect(queries.length).toBeLessThanOrEqual(4);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpFailure);
        }
      }),
    );
  });
});
