import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openai from '@turnwise/policy-openai';
import scripted from '@turnwise/policy-scripted';
import tinker from '@turnwise/policy-tinker';
import transformer from '@turnwise/policy-transformer';
import { policyConformance } from '@turnwise/testkit';
import { baseCheckpointFolder } from '@turnwise/wikiworld';
import { stubServer } from '../../plugins/policy-openai/src/testing/stub-server.js';
import { createTinkerServer } from '../../plugins/policy-tinker/src/testing/tinker-server.js';
import { pluginsOf } from './plugin-folders.js';

const folders = Object.fromEntries((await pluginsOf('policy')).map(({ name, folder }) => [name, folder]));
const from = (name: string): string => folders[name] ?? 'missing';

policyConformance({ describe, it }, scripted, { from: from('policy-scripted') });
policyConformance({ describe, it }, transformer, {
  from: from('policy-transformer'),
  options: { base: baseCheckpointFolder() },
  prompt: 'Question: who wrote velkar?\n',
  seconds: 60,
});

const chat = await stubServer(() => ({
  json: { choices: [{ message: { content: '<search> Velkar </search>' }, finish_reason: 'stop' }], usage: {} },
}));
afterAll(async () => {
  await chat[Symbol.asyncDispose]();
});
policyConformance({ describe, it }, openai, {
  from: from('policy-openai'),
  options: { endpoints: [chat.url], model: 'm' },
});

const words = ['[unk]', '<answer>Tinvek</answer>', '<answer>Dormun</answer>', '<search>Velkar</search>'];
const model = { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[unk]' };
const tokenizer = mkdtempSync(join(tmpdir(), 'turnwise-tokenizer-'));
writeFileSync(
  join(tokenizer, 'tokenizer.json'),
  JSON.stringify({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model,
  }),
);
const toys = await createTinkerServer({
  vocabulary: words.length,
  initialLogits: () => 0,
  decode: (tokens) => tokens.map((token) => words[token]).join(' '),
});
afterAll(() => toys.close());
policyConformance({ describe, it }, tinker, {
  from: from('policy-tinker'),
  options: { url: toys.url, server: 'hosted', baseModel: 'toy', tokenizer, maxContext: 400, retryMilliseconds: 1 },
  prompt: '<search>Velkar</search>',
});

it('leaves no policy of ours out', () => {
  expect(Object.keys(folders)).toEqual(['policy-openai', 'policy-scripted', 'policy-tinker', 'policy-transformer']);
});
