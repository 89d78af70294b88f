import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigJson } from './config-json.js';
import { readModelDocuments } from './model-documents.js';
import { writeJson } from './testing/hugging-face-folder.js';
import { letterTokenizerJson } from './testing/letter-tokenizer.js';
import { loadTokenizer } from './tokenizer.js';

const tokenizer = loadTokenizer(letterTokenizerJson());
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'turnwise-documents-'))));
afterEach(() => rm(folder, { recursive: true }));

const read = (config: ConfigJson = {}) => readModelDocuments(folder, config, tokenizer);

test('a folder of weights alone says nothing', async () => {
  const config = { model_type: 'llama' };
  expect(await read(config)).toEqual({
    config,
    texts: new Map(),
    endTokens: [],
    chatTemplate: null,
    specialTokens: {},
  });
  expect((await read({ eos_token_id: null })).endTokens).toEqual([]);
});

test('end tokens are those of generation_config.json, else of config.json, with that of the tokenizer', async () => {
  expect((await read({ eos_token_id: 0 })).endTokens).toEqual([0]);
  expect((await read({ eos_token_id: [3, 0] })).endTokens).toEqual([3, 0]);
  await writeJson(folder, 'special_tokens_map.json', { eos_token: '<end>' });
  expect((await read({ eos_token_id: [3, 1] })).endTokens).toEqual([3, 1]);
  await writeJson(folder, 'generation_config.json', { eos_token_id: 4 });
  expect((await read({ eos_token_id: 3 })).endTokens).toEqual([4, 1]);
  await writeJson(folder, 'special_tokens_map.json', { eos_token: 'no such token' });
  expect((await read()).endTokens).toEqual([4]);
});

test.each([['1'], [1.5], [-1], [[0, '1']], [{}]])('an end token that is %j is refused', async (eos_token_id) => {
  const says = `eos_token_id: expected token ids, found ${JSON.stringify(eos_token_id)}`;
  await expect(read({ eos_token_id })).rejects.toThrow(`${join(folder, 'config.json')}: ${says}`);
  await writeJson(folder, 'generation_config.json', { eos_token_id });
  await expect(read()).rejects.toThrow(`${join(folder, 'generation_config.json')}: ${says}`);
});

test('special tokens are texts or objects with one, and tokenizer_config.json has the last word', async () => {
  await writeJson(folder, 'special_tokens_map.json', {
    bos_token: '<old>',
    pad_token: { content: '<pad>', lstrip: false },
    unk_token: null,
    sep_token: { content: 5 },
    additional_special_tokens: ['<x>'],
    name: 'no token',
  });
  await writeJson(folder, 'tokenizer_config.json', { bos_token: '<new>', add_bos_token: true });
  expect((await read()).specialTokens).toEqual({ bos_token: '<new>', pad_token: '<pad>' });
});

describe('a chat template', () => {
  test('is a text, or the default of a list, or a file of its own', async () => {
    await writeJson(folder, 'tokenizer_config.json', { chat_template: 'a text' });
    expect((await read()).chatTemplate).toBe('a text');
    const list = [
      null,
      { name: 'default', template: 5 },
      { name: 'rag', template: 'no' },
      { name: 'default', template: 'yes' },
    ];
    await writeJson(folder, 'tokenizer_config.json', { chat_template: list });
    expect((await read()).chatTemplate).toBe('yes');
    await writeFile(join(folder, 'chat_template.jinja'), 'a file');
    const { chatTemplate, texts } = await read();
    expect(chatTemplate).toBe('a file');
    expect([...texts.keys()]).toEqual(['tokenizer_config.json', 'chat_template.jinja']);
    await writeJson(folder, 'tokenizer_config.json', { chat_template: null });
    await rm(join(folder, 'chat_template.jinja'));
    expect((await read()).chatTemplate).toBeNull();
  });

  test.each([[[]], [{ default: 'x' }], [5], [[{ name: 'default' }]]])('%j is refused', async (chat_template) => {
    await writeJson(folder, 'tokenizer_config.json', { chat_template });
    await expect(read()).rejects.toThrow('expected a text or a list with one named "default"');
  });
});

test.each([
  ['[1]', 'expected a JSON object'],
  ['null', 'expected a JSON object'],
  ['"text"', 'expected a JSON object'],
  ['{', 'JSON'],
])('a document of %s is refused by name', async (text, says) => {
  await writeFile(join(folder, 'generation_config.json'), text);
  await expect(read()).rejects.toThrow(says);
  await expect(read()).rejects.toThrow(`${join(folder, 'generation_config.json')}: `);
});
