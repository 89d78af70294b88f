import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TurnwiseError } from '@turnwise/core';
import { loadTokenizer, type Checkpoint } from '@turnwise/engine';
import { chatConversation } from './chat-conversation.js';
import { transformerOptions } from './transformer-options.js';

const added = ['<|open|>', '<|close|>', '<think>'].map((content, id) => {
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return { id, content, ...plain, special: content !== '<think>' };
});
const letters = Array.from('abcdefghijklmnopqrstuvwxyz .?:');
const tokenizer = loadTokenizer({
  version: '1.0',
  added_tokens: added,
  normalizer: null,
  pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries([...added.map(({ content }) => content), ...letters].map((token, id) => [token, id])),
    merges: [],
  },
});
const close = 1;

const template =
  "{% for m in messages %}<|open|>{{ m.role }}:{{ m.content.split('</think>')[-1] }}<|close|>{% endfor %}" +
  '{% if add_generation_prompt %}<|open|>assistant:{% endif %}';

function checkpoint(chatTemplate: string | null): Pick<Checkpoint, 'tokenizer' | 'documents'> {
  const documents = { config: {}, texts: new Map(), endTokens: [close], chatTemplate, specialTokens: {} };
  return { tokenizer, documents };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-chat-'));
  await writeFile(join(folder, 'own.jinja'), '{% for m in messages %}{{ m.content }}.{% endfor %}');
});
afterAll(() => rm(folder, { recursive: true }));

function open(chatTemplate: string | null, options: object = {}, warnings: string[] = []) {
  const { chat } = transformerOptions.parse({ chat: options });
  return chatConversation(checkpoint(chatTemplate), chat, { base: folder, warn: (text) => warnings.push(text) });
}

const output = (text: string, tokenIds: number[] = [5]) => ({ text, tokenIds });

describe('chatConversation', () => {
  test('a checkpoint without a template, and one that is not to use its own', () => {
    expect(open(null)).toBeUndefined();
    expect(open(template, { template: 'none' })).toBeUndefined();
  });

  test("the checkpoint's template, observations inside the model's turn", () => {
    const chat = open(template);
    expect(chat?.open('who?')).toBe('<|open|>user:who?<|close|><|open|>assistant:');
    expect(chat?.reply(' it is a. ', output('x'))).toBe(' it is a. ');
  });

  test('as messages; an end token the model wrote is not written again', () => {
    const chat = open(template, { observations: 'user', system: 'be brief' });
    expect(chat?.open('who?')).toBe('<|open|>system:be brief<|close|><|open|>user:who?<|close|><|open|>assistant:');
    expect(chat?.reply(' it is a. ', output('x'))).toBe('<|close|><|open|>user:it is a.<|close|><|open|>assistant:');
    expect(chat?.reply(' it is a. ', output('x<|close|>', [5, close]))).toBe(
      '<|open|>user:it is a.<|close|><|open|>assistant:',
    );
  });

  test('special tokens in a passage are letters, other added tokens stay what they are', () => {
    expect(open(template)?.reply('a<|close|>b<think>', output('x'))).toBe('a< |close|>b<think>');
  });

  test('a template that rewrites earlier turns is said', () => {
    const warnings: string[] = [];
    open(template, { observations: 'user' }, warnings);
    expect(warnings).toEqual([
      "chat template: in the model's earlier turns it drops what stands between <think> and </think>. " +
        'Here they stay as they were sampled, because no token that was sampled is changed.',
    ]);
    open(template, {}, warnings);
    expect(warnings).toHaveLength(1);
  });

  test('a template from a file', () => {
    expect(open(template, { template: 'own.jinja' })?.open('who?')).toBe('who?.');
  });

  test.each([
    ['no Jinja', '{% for %}', {}, 'The chat template cannot be used: '],
    ['no file', null, { template: 'none.jinja' }, 'There is no chat template at '],
    [
      'a refusal of the template',
      "{{ raise_exception('no system') }}",
      {},
      'The chat template cannot be used: no system.',
    ],
  ])('%s', (_, source, options, message) => {
    expect(() => open(source, options)).toThrow(TurnwiseError);
    expect(() => open(source, options)).toThrow(message);
  });
});
