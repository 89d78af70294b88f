import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letterTokenizerJson } from './testing/letter-tokenizer.js';
import { loadTokenizer } from './tokenizer.js';

const json = letterTokenizerJson();
const tokenizer = loadTokenizer(json);

test('text comes back as it was, and merges apply', () => {
  const text = 'the other  moth ';
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  expect(tokenizer.encode('the')).toEqual([tokenizer.tokenToId('the')]);
  expect(tokenizer.vocabularySize).toBe(31);
});

test('special tokens in the text are their single id and are written out again', () => {
  const text = '<search>the cat<end>';
  const ids = tokenizer.encode(text);
  expect(ids[0]).toBe(0);
  expect(ids.at(-1)).toBe(1);
  expect(ids).toHaveLength(7);
  expect(tokenizer.decode(ids)).toBe(text);
  expect(tokenizer.tokenToId('<search>')).toBe(0);
  expect(tokenizer.idToToken(1)).toBe('<end>');
});

test('nothing is added, nothing tidied, and nothing is something', () => {
  expect(tokenizer.encode('')).toEqual([]);
  expect(tokenizer.decode([])).toBe('');
  expect(tokenizer.encode('cat')).toHaveLength(3);
  expect(tokenizer.decode(tokenizer.encode('do n t'))).toBe('do n t');
});

test('a file that asks for beginning tokens and tidy text gets neither', () => {
  const { model } = json as { model: { vocab: Record<string, number> } };
  const eager = loadTokenizer({
    ...json,
    model: { ...model, vocab: { ...model.vocab, ',': 31, '.': 32 } },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<search>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<search>': { id: '<search>', ids: [0], tokens: ['<search>'] } },
    },
  });
  const text = 'a , b . c';
  expect(eager.encode('a')).toEqual([eager.tokenToId('a')]);
  expect(eager.decode(eager.encode(text))).toBe(text);
  expect(eager.vocabularySize).toBe(33);
});

test('special tokens are the added ones that say so', () => {
  expect(tokenizer.specialTokens).toEqual(['<search>', '<end>']);
  const added = json.added_tokens as Record<string, unknown>[];
  const plain = loadTokenizer({ ...json, added_tokens: added.map((token) => ({ ...token, special: token.id === 1 })) });
  expect(plain.specialTokens).toEqual(['<end>']);
});

test('what a vocabulary cannot spell is its unknown token, or nothing', () => {
  expect(tokenizer.encode('aß')).toEqual([tokenizer.tokenToId('a')]);
  const { model } = json as { model: { vocab: Record<string, number> } };
  const known = loadTokenizer({ ...json, model: { ...model, unk_token: '<?>', vocab: { ...model.vocab, '<?>': 31 } } });
  expect(known.encode('a7')).toEqual([known.tokenToId('a'), 31]);
});

test('an id the vocabulary does not have is an error', () => {
  expect(() => tokenizer.decode([1, 31])).toThrow('no token has the id 31');
  expect(tokenizer.tokenToId('nothing')).toBeUndefined();
  expect(tokenizer.idToToken(-1)).toBeUndefined();
});

test('the given content is neither changed nor kept from the caller', () => {
  expect(json).toEqual(letterTokenizerJson());
  expect(tokenizer.json).toEqual(letterTokenizerJson());
});

test('a file that is missing or foreign is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-tokenizer-'));
  const path = join(folder, 'tokenizer.json');
  try {
    expect(() => loadTokenizer(path)).toThrow(path);
    for (const text of ['[1, 2]', 'null', '5']) {
      await writeFile(path, text);
      expect(() => loadTokenizer(path)).toThrow(`${path}: not a JSON object`);
    }
    await writeFile(path, '{"model": {}}');
    expect(() => loadTokenizer(path)).toThrow(path);
    expect(() => loadTokenizer({ model: {} })).toThrow('tokenizer.json: ');
    await writeFile(path, JSON.stringify(json));
    expect(loadTokenizer(path).encode('the')).toEqual(tokenizer.encode('the'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
