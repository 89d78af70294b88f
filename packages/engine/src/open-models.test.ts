import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { Engine } from './engine.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { tinyConfigs, writeHuggingFaceFolder, writeJson } from './testing/hugging-face-folder.js';
import { randomBatch } from './testing/small-models.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'turnwise-open-models-'))));
afterEach(() => rm(folder, { recursive: true }));

const scores = (engine: Engine): Float32Array => engine.score(randomBatch(engine.config, [5, 30, 17], 3)).logprobs;
const weights = (engine: Engine) => engine.parameters().map(({ name }) => [name, engine.readParameter(name)]);

describe.each(Object.entries(tinyConfigs))('%s', (_, config) => {
  test.each([
    ['one float32 file', {}],
    ['three shards', { shards: 3 }],
  ])('%s: the weights to the bit', async (_name, options) => {
    const written = await writeHuggingFaceFolder(folder, config, options);
    const { engine } = await loadCheckpoint(folder);
    expect(weights(engine)).toEqual(weights(written));
    expect(scores(engine)).toEqual(scores(written));
  });

  test.each([
    ['BF16', 2 ** -8],
    ['F16', 2 ** -11],
  ] as const)('%s in two shards: the weights rounded to the nearest', async (type, relative) => {
    const written = await writeHuggingFaceFolder(folder, config, { type, shards: 2 });
    const { engine } = await loadCheckpoint(folder);
    let changed = 0;
    let beyond = 0;
    for (const { name } of written.parameters()) {
      const exact = written.readParameter(name);
      engine.readParameter(name).forEach((value, i) => {
        const expected = exact[i] ?? NaN;
        if (!(Math.abs(value - expected) <= relative * Math.abs(expected) + 2 ** -25)) beyond++;
        if (value !== expected) changed++;
      });
    }
    expect(beyond).toBe(0);
    expect(changed).toBeGreaterThan(1000);
  });

  test('saved, it is the same model with the same documents, in float32', async () => {
    await writeHuggingFaceFolder(folder, config, { type: 'BF16' });
    const template = "{% for m in messages %}{{ m['content'] }}{% endfor %}";
    await writeJson(folder, 'tokenizer_config.json', { eos_token: '<end>', chat_template: template, odd: 1 });
    await writeJson(folder, 'generation_config.json', { eos_token_id: 1, top_k: 20 });
    const loaded = await loadCheckpoint(folder);
    const copy = await mkdtemp(join(tmpdir(), 'turnwise-open-models-'));
    try {
      await saveCheckpoint(copy, loaded);
      const again = await loadCheckpoint(copy);
      expect(weights(again.engine)).toEqual(weights(loaded.engine));
      expect(again.documents).toMatchObject({ endTokens: [1], chatTemplate: template });
      for (const file of ['tokenizer_config.json', 'generation_config.json']) {
        expect(await readFile(join(copy, file))).toEqual(await readFile(join(folder, file)));
      }
      const saved = JSON.parse(await readFile(join(copy, 'config.json'), 'utf8')) as Record<string, unknown>;
      const key = 'dtype' in config ? 'dtype' : 'torch_dtype';
      expect(saved).toEqual({ ...config, [key]: 'float32' });
    } finally {
      await rm(copy, { recursive: true });
    }
  });
});

test('a shorter context is taken, a longer one refused', async () => {
  await writeHuggingFaceFolder(folder, tinyConfigs.qwen2);
  expect((await loadCheckpoint(folder, { contextLength: 20 })).engine.config.contextLength).toBe(20);
  await expect(loadCheckpoint(folder, { contextLength: 65 })).rejects.toThrow("65 is more than the model's 64");
});

test('what a chat model says about itself', async () => {
  await writeHuggingFaceFolder(folder, tinyConfigs.qwen2);
  expect((await loadCheckpoint(folder)).documents).toMatchObject({ endTokens: [1, 0], chatTemplate: null });
  await writeJson(folder, 'generation_config.json', { eos_token_id: 5 });
  await writeJson(folder, 'tokenizer_config.json', {
    eos_token: { content: '<end>', special: true },
    bos_token: null,
    chat_template: [
      { name: 'tool_use', template: 'no' },
      { name: 'default', template: 'yes' },
    ],
  });
  expect((await loadCheckpoint(folder)).documents).toMatchObject({
    endTokens: [5, 1],
    chatTemplate: 'yes',
    specialTokens: { eos_token: '<end>' },
  });
  await writeFile(join(folder, 'chat_template.jinja'), 'the newer place');
  expect((await loadCheckpoint(folder)).documents?.chatTemplate).toBe('the newer place');
});

test('a second copy of a tied embedding and old rotary tables are left aside; another head is refused', async () => {
  await writeHuggingFaceFolder(folder, tinyConfigs.qwen2);
  const path = join(folder, 'model.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  const embedding = tensors.get('model.embed_tokens.weight');
  if (!embedding) throw new Error('no embedding');
  const extended = new Map(tensors)
    .set('lm_head.weight', embedding)
    .set('model.layers.0.self_attn.rotary_emb.inv_freq', { shape: [1], values: Float32Array.of(1) });
  await writeSafetensors(path, { tensors: extended, metadata });
  await loadCheckpoint(folder);
  const other = { shape: embedding.shape, values: embedding.values.map((value) => value + 1) };
  await writeSafetensors(path, { tensors: extended.set('lm_head.weight', other), metadata });
  await expect(loadCheckpoint(folder)).rejects.toThrow("tensor 'lm_head.weight': the model of config.json has none");
});

describe('a folder that cannot be loaded', () => {
  const shard = 'model-00002-of-00003.safetensors';
  const index = 'model.safetensors.index.json';
  beforeEach(() => writeHuggingFaceFolder(folder, tinyConfigs.qwen3, { shards: 3 }));
  const config = (changes: object) => writeJson(folder, 'config.json', { ...tinyConfigs.qwen3, ...changes });
  const changeIndex = async (change: (map: Record<string, unknown>) => void): Promise<void> => {
    const json = JSON.parse(await readFile(join(folder, index), 'utf8')) as { weight_map: Record<string, unknown> };
    change(json.weight_map);
    await writeJson(folder, index, json);
  };

  test.each<[string, () => Promise<void>, string]>([
    ['another architecture', () => config({ model_type: 'phi3' }), 'config.json: model_type: expected turnwise, llama'],
    ['a missing shard', () => rm(join(folder, shard)), `${shard}: a shard that`],
    ['a truncated shard', () => truncate(join(folder, shard), 9000), `${shard}: truncated in tensor '`],
    ['a wrong shape', () => config({ intermediate_size: 48 }), 'expected [48, 24], found [40, 24]'],
    ['a missing head', () => config({ tie_word_embeddings: false }), "tensor 'lm_head.weight': expected [33, 24]"],
    [
      'a tensor the index forgot',
      () => changeIndex((map) => delete map['model.norm.weight']),
      `${index}: tensor 'model.norm.weight': expected [24], found none`,
    ],
    [
      'a tensor in another shard than the index says',
      () => changeIndex((map) => (map['model.norm.weight'] = 'model-00001-of-00003.safetensors')),
      "tensor 'model.norm.weight'",
    ],
    [
      'an index that leads out of the folder',
      () => changeIndex((map) => (map['model.norm.weight'] = '../secret.safetensors')),
      'weight_map.model.norm.weight: expected the name of a file',
    ],
    ['no weight map', () => writeJson(folder, index, {}), `${index}: expected an object 'weight_map'`],
    [
      'fewer tokens than the tokenizer has',
      () => config({ vocab_size: 8 }),
      'has 31 tokens, but config.json a vocab_size',
    ],
    [
      'an end token outside the vocabulary',
      () => writeJson(folder, 'generation_config.json', { eos_token_id: 777 }),
      'generation_config.json: eos_token_id: 777 is not a token of tokenizer.json',
    ],
    [
      'a template that is none',
      () => writeJson(folder, 'tokenizer_config.json', { chat_template: [{ name: 'rag', template: '' }] }),
      'tokenizer_config.json: chat_template: expected a text or a list with one named "default"',
    ],
    [
      'weights of PyTorch alone',
      async () => {
        await rm(join(folder, index));
        await writeFile(join(folder, 'pytorch_model.bin'), '');
      },
      'pytorch_model.bin is not read: save the model with transformers as safetensors',
    ],
  ])('%s', async (_name, spoil, message) => {
    await spoil();
    await expect(loadCheckpoint(folder)).rejects.toThrow(message);
  });

  test('numbers that are not floats', async () => {
    const path = join(folder, shard);
    const text = (await readFile(path)).toString('latin1').replace('"F32"', '"I32"');
    await writeFile(path, text, 'latin1');
    await expect(loadCheckpoint(folder)).rejects.toThrow('expected type F32, BF16 or F16, found I32');
  });
});
