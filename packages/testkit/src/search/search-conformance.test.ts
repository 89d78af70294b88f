import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineSearchTool, type Passage, type SearchOutcome, type SearchTool } from '@turnwise/core';
import { failuresOf, outcomeOf } from '../collecting-runner.fixture.js';
import { testPassages } from '../test-context.js';
import { searchToolConformance, type SearchSuiteSettings } from './search-conformance.js';

/** Counts the words a passage shares with the query. */
function find(corpus: readonly Passage[], query: string, topK: number): SearchOutcome {
  const words = new Set(query.toLowerCase().match(/\p{L}+/gu) ?? []);
  const score = ({ title, text }: Passage): number =>
    (`${title} ${text}`.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => words.has(word)).length;
  const hits = corpus
    .map((passage) => ({ ...passage, score: score(passage) }))
    .filter((hit) => hit.score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, topK);
  return { status: hits.length > 0 ? 'ok' : 'empty', hits };
}

const plugin = (search: SearchTool['search'], changes: object = {}) =>
  defineSearchTool({
    id: 'tested',
    version: '1.0.0',
    options: z.strictObject({}),
    create: () => ({ search }),
    ...changes,
  });
const good: SearchTool['search'] = (queries, { topK }) =>
  Promise.resolve(queries.map((query) => find(testPassages, query, topK)));
/** The good outcomes, each changed. */
const each = (change: (outcome: SearchOutcome, query: string, queries: readonly string[]) => unknown) =>
  plugin(async (queries, options) =>
    (await good(queries, options)).map(
      (outcome, index) => change(outcome, queries[index] ?? '', queries) as SearchOutcome,
    ),
  );
const hit = { id: 'p9', title: '', text: 'x', score: 99 };

const bad: readonly (readonly [string, ReturnType<typeof plugin>, SearchSuiteSettings?])[] = [
  ['search/outcomes', plugin((queries, options) => good(queries.length === 0 ? ['x'] : queries, options))],
  ['search/status', each((outcome) => (outcome.status === 'empty' ? { ...outcome, status: 'ok' } : outcome))],
  ['search/top-k', plugin((queries, { topK, signal }) => good(queries, { topK: Math.max(2, topK), signal }))],
  [
    'search/hits',
    each((outcome) => ({ ...outcome, hits: outcome.hits.map((found) => ({ ...found, title: undefined })) })),
  ],
  ['search/best-first', each((outcome) => ({ ...outcome, hits: [...outcome.hits].reverse() }))],
  [
    'search/unique',
    each(({ hits, status }) => ({
      status,
      hits: [...hits.slice(0, 1), ...hits.slice(0, 1), ...hits.slice(2)].slice(0, hits.length),
    })),
  ],
  [
    'search/odd-queries',
    each((outcome, query) => {
      if (query.trim() === '') throw new Error('an empty query');
      return outcome;
    }),
  ],
  [
    'search/batch',
    each((outcome, _query, queries) =>
      queries.length > 2 && outcome.status === 'ok' ? { ...outcome, hits: [hit] } : outcome,
    ),
  ],
  [
    'search/abort',
    plugin((queries, options) => (options.signal.aborted ? new Promise(() => undefined) : good(queries, options))),
    { seconds: 0.3 },
  ],
  ['search/finds', plugin(good), { fixtures: [{ query: 'Velkar', finds: 'p4' }] }],
  [
    'search/offline',
    plugin(async (queries, options) => {
      await fetch('data:text/plain,hello');
      return good(queries, options);
    }),
    { claims: { offline: true } },
  ],
  [
    'lifecycle/deterministic',
    plugin(good, {
      create: () => {
        const score = Math.random();
        return {
          search: async (...asked: Parameters<typeof good>) =>
            (await good(...asked)).map(({ status, hits }) => ({
              status,
              hits: hits.map((found) => ({ ...found, score })),
            })),
        };
      },
    }),
  ],
];

it('passes a tool that keeps every rule', async () => {
  const settings = { from: null, claims: { offline: true }, fixtures: [{ query: 'Kalsa', finds: 'p4' }] };
  expect(await failuresOf((runner) => searchToolConformance(runner, plugin(good), settings))).toEqual(new Map());
});

it.each(bad)('%s is broken by a tool that breaks it, and nothing else is', async (id, broken, settings = {}) => {
  const failures = await failuresOf((runner) => searchToolConformance(runner, broken, { from: null, ...settings }));
  expect([...failures.keys()]).toEqual([id]);
});

it('has a broken tool for every rule of its own', async () => {
  const { ran } = await outcomeOf((runner) =>
    searchToolConformance(runner, plugin(good), { from: null, claims: { offline: true } }),
  );
  const own = ran.filter((id) => id.startsWith('search/'));
  expect(own.filter((id) => !bad.some(([broken]) => broken === id))).toEqual([]);
});

it('refuses fixtures with keys it does not know', () => {
  const settings = { from: null, fixtures: [{ query: 'x', find: 'p1' }] } as never;
  const runner = { describe: () => undefined, it: () => undefined };
  expect(() => searchToolConformance(runner, plugin(good), settings)).toThrow(
    'there is no setting "find" of a fixture',
  );
});
