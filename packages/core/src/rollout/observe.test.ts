import { expect, it } from '@jest/globals';
import type { SearchOutcome, SearchTool } from '../contract/index.js';
import { Conversation } from './conversation.js';
import { searchOnce } from './observe.js';

const { signal } = new AbortController();
const found: SearchOutcome = { status: 'ok', hits: [{ id: 'p', title: 'Sky', text: 'The sky.', score: 1 }] };
const tool = (search: SearchTool['search']): SearchTool => ({ search });

it('asks for one query and hands its outcome on', async () => {
  const asked: unknown[] = [];
  const outcome = await searchOnce(
    tool((queries, { topK }) => {
      asked.push([queries, topK]);
      return Promise.resolve([found]);
    }),
    'sky',
    3,
    signal,
  );
  expect(outcome).toBe(found);
  expect(asked).toEqual([[['sky'], 3]]);
});

it.each([
  ['no outcome', [], 'the search tool gave 0 outcomes for 1 query'],
  ['two outcomes', [found, found], 'the search tool gave 2 outcomes for 1 query'],
])('makes an error of %s', async (_, outcomes, message) => {
  const outcome = await searchOnce(
    tool(() => Promise.resolve(outcomes)),
    'sky',
    3,
    signal,
  );
  expect(outcome).toEqual({ status: 'error', hits: [], message });
});

it('makes an error of what a tool throws, but passes an abort on', async () => {
  const broken = tool(() => Promise.reject(new Error('no index')));
  expect(await searchOnce(broken, 'sky', 3, signal)).toEqual({ status: 'error', hits: [], message: 'no index' });
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await expect(searchOnce(broken, 'sky', 3, stop.signal)).rejects.toThrow('enough');
});

it('cuts texts to tokens, and to words where there is no tokenizer', () => {
  const tokenizer = {
    encode: (text: string) => Array.from(text, (character) => character.charCodeAt(0)),
    decode: (tokens: readonly number[]) => String.fromCharCode(...tokens),
  };
  const letters = new Conversation(tokenizer);
  expect([2, 3, 4].map((limit) => letters.truncate('abc', limit))).toEqual(['ab', 'abc', 'abc']);
  const words = new Conversation(null);
  expect([1, 2, 3].map((limit) => words.truncate('the  blue sky', limit))).toEqual([
    'the',
    'the blue',
    'the  blue sky',
  ]);
  expect(words.tokenize('the')).toEqual([]);
  expect(words.open('the').tokenIds).toEqual([]);
  expect(words.tokenIds).toEqual([]);
});
