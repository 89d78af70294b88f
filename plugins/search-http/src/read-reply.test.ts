import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readReply } from './read-reply.js';

const paris = { id: 'p1', contents: '"Paris"\nParis is a city.' };
const oslo = { id: 2, title: 'Oslo', text: 'Oslo is a city.', contents: '"x"\ny' };
const readParis = { id: 'p1', title: 'Paris', text: 'Paris is a city.', score: 0.9 };
const readOslo = { id: '2', title: 'Oslo', text: 'Oslo is a city.', score: 0.5 };

describe('readReply', () => {
  it.each([
    [
      'Search-R1 with scores',
      {
        result: [
          [
            { document: paris, score: 0.9 },
            { document: oslo, score: 0.5 },
          ],
        ],
      },
    ],
    [
      'a flat list',
      {
        result: [
          { document: paris, score: 0.9 },
          { document: oslo, score: 0.5 },
        ],
      },
    ],
    [
      'documents that carry their score',
      [
        [
          { ...paris, score: 0.9 },
          { ...oslo, score: 0.5 },
        ],
      ],
    ],
    [
      'pairs',
      {
        results: [
          [
            [paris, 0.9],
            [oslo, 0.5],
          ],
        ],
      },
    ],
    [
      'ReCall, one query with scores',
      [
        [paris, oslo],
        [0.9, 0.5],
      ],
    ],
  ])('reads %s', (_name, reply) => {
    expect(readReply(reply, 1)).toEqual([[readParis, readOslo]]);
  });

  it('reads ReCall batches with scores, of as many queries as hits too', () => {
    const reply = [
      [[paris, oslo], [oslo]],
      [[0.9, 0.5], [0.5]],
    ];
    expect(readReply(reply, 2)).toEqual([[readParis, readOslo], [readOslo]]);
  });

  it('makes up falling scores where there are none, and an id from what the passage says', () => {
    const [hits = []] = readReply({ result: [[paris, { document: { contents: 'only text' } }, 'a string']] }, 1);
    expect(hits.map(({ score }) => score)).toEqual([1, 1 / 2, 1 / 3]);
    expect(hits.map(({ text }) => text)).toEqual(['Paris is a city.', 'only text', 'a string']);
    expect(hits[1]?.id).toMatch(/^[0-9a-f]{16}$/);
    expect(hits[1]?.id).not.toBe(hits[2]?.id);
  });

  it('keeps empty lists in their places', () => {
    expect(readReply({ result: [[], [{ document: paris, score: 0.9 }], []] }, 3)).toEqual([[], [readParis], []]);
    expect(readReply({ result: [[]] }, 1)).toEqual([[]]);
    expect(readReply({ result: [] }, 1)).toEqual([[]]);
    expect(() => readReply({ result: [[], []] }, 1)).toThrow(/2 lists for 1 queries/);
    expect(readReply({ result: [[], []] }, 2)).toEqual([[], []]);
  });

  it.each([
    [{ result: [[paris], [oslo], []] }, 2, /3 lists for 2 queries/],
    [{ result: [paris, oslo] }, 2, /query 1 is not a list/],
    [{ detail: 'oops' }, 1, /no list of results/],
    ['text', 1, /no list/],
    [{ result: [[7]] }, 1, /hit 1 is 7/],
  ])('refuses %j for %i queries', (reply, queries, message) => {
    expect(() => readReply(reply, queries)).toThrow(message);
  });

  it('reads or refuses any JSON, never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 3 }), (reply, queries) => {
        try {
          expect(readReply(reply, queries)).toHaveLength(queries);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
