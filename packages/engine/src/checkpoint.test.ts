import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCheckpoint, loadOptimizer, readCheckpointConfig, saveCheckpoint, saveOptimizer } from './checkpoint.js';
import type { Engine } from './engine.js';
import { EngineUnavailable } from './engine-unavailable.js';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.js';
import { letterTokenizerJson } from './testing/letter-tokenizer.js';
import { randomBatch, smallEngine } from './testing/small-models.js';
import { loadTokenizer } from './tokenizer.js';

const tokenizer = loadTokenizer(letterTokenizerJson());
const trained = (): Engine => {
  const engine = smallEngine({ vocabularySize: 33 });
  for (let seed = 0; seed < 3; seed++) step(engine, seed);
  return engine;
};
const step = (engine: Engine, seed: number): void => {
  const batch = randomBatch(engine.config, [12, 25], seed);
  engine.zeroGradients();
  engine.forward(batch);
  engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-0.1) });
  engine.optimizerStep({ learningRate: 0.01 });
};
const weights = (engine: Engine) => engine.parameters().map(({ name }) => [name, engine.readParameter(name)]);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'turnwise-checkpoint-'))));
afterEach(() => rm(folder, { recursive: true }));

test('a saved model comes back to the bit, and so does its next optimizer step', async () => {
  const engine = trained();
  await saveCheckpoint(folder, { engine, tokenizer });
  await saveOptimizer(folder, engine);
  expect((await readdir(folder)).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'optimizer.safetensors',
    'tokenizer.json',
  ]);
  const loaded = await loadCheckpoint(folder);
  await loadOptimizer(folder, loaded.engine);
  expect(loaded.engine.config).toEqual(engine.config);
  expect(loaded.tokenizer.json).toEqual(tokenizer.json);
  expect(weights(loaded.engine)).toEqual(weights(engine));
  expect(loaded.engine.optimizerState()).toEqual(engine.optimizerState());
  for (const one of [engine, loaded.engine]) step(one, 9);
  expect(weights(loaded.engine)).toEqual(weights(engine));
});

test('config.json speaks Hugging Face', async () => {
  await saveCheckpoint(folder, { engine: trained(), tokenizer });
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({
    model_type: 'turnwise',
    vocab_size: 33,
    hidden_size: 32,
    num_key_value_heads: 2,
    rope_theta: 10_000,
    tie_word_embeddings: true,
    shift_taps: 3,
  });
});

test('the shape of a model is read without its weights, and what the files hold is compared with it', async () => {
  const engine = smallEngine({ vocabularySize: 33 });
  await saveCheckpoint(folder, { engine, tokenizer });
  expect(await readCheckpointConfig(folder)).toEqual(engine.config);
  expect(await readCheckpointConfig(folder, { contextLength: 20 })).toEqual({ ...engine.config, contextLength: 20 });
  await expect(readCheckpointConfig(folder, { contextLength: 65 })).rejects.toThrow("65 is more than the model's 64");
  const path = join(folder, 'model.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  const one = { shape: [1], values: Float32Array.of(1) };
  const write = (...names: string[]): Promise<void> =>
    writeSafetensors(path, { tensors: new Map([...tensors, ...names.map((name) => [name, one] as const)]), metadata });
  await write('lm_head.weight', 'model.layers.0.self_attn.rotary_emb.inv_freq');
  expect(await readCheckpointConfig(folder)).toEqual(engine.config);
  await write('lm_head.bias');
  await expect(readCheckpointConfig(folder)).rejects.toThrow(
    "tensor 'lm_head.bias': the model of config.json has none",
  );
});

test('a vocabulary may be exactly as large as the tokenizer', async () => {
  await saveCheckpoint(folder, { engine: smallEngine({ vocabularySize: 31 }), tokenizer });
  expect((await loadCheckpoint(folder)).engine.config.vocabularySize).toBe(31);
});

test('a model that cannot be made says in which folder, an engine that is not there what it is', async () => {
  await saveCheckpoint(folder, { engine: smallEngine({ vocabularySize: 33 }), tokenizer });
  await expect(loadCheckpoint(folder, { memoryLimitBytes: 70_000 })).rejects.toThrow(`${folder}: the model needs`);
  const missing = loadCheckpoint(folder, { engine: 'tfjs-gpu' });
  await expect(missing).rejects.toThrow(EngineUnavailable);
});

describe('a folder that does not hold what it should', () => {
  const rewrite = async (file: string, change: (tensors: Map<string, Tensor>) => void): Promise<void> => {
    const { tensors, metadata } = await readSafetensors(join(folder, file));
    const changed = new Map(tensors);
    change(changed);
    await writeSafetensors(join(folder, file), { tensors: changed, metadata });
  };
  const changeConfig = async (changes: object): Promise<void> => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify({ ...(JSON.parse(await readFile(path, 'utf8')) as object), ...changes }));
  };
  const name = 'model.layers.0.mlp.up_proj.weight';

  beforeEach(async () => {
    const engine = trained();
    await saveCheckpoint(folder, { engine, tokenizer });
    await saveOptimizer(folder, engine);
  });

  test.each<[string, () => Promise<void>, string]>([
    [
      'a truncated file',
      () => truncate(join(folder, 'model.safetensors'), 20_000),
      "model.safetensors: truncated in tensor '",
    ],
    ['a file cut in its header', () => truncate(join(folder, 'model.safetensors'), 100), 'expected a header of'],
    ['an empty file', () => truncate(join(folder, 'model.safetensors'), 0), '0 bytes, expected at least 8'],
    ['a foreign file', () => writeFile(join(folder, 'model.safetensors'), 'PK'.repeat(500)), 'not a safetensors file'],
    [
      'a missing tensor',
      () => rewrite('model.safetensors', (t) => t.delete(name)),
      `tensor '${name}': expected [44, 32], found none`,
    ],
    [
      'a wrong shape',
      () => rewrite('model.safetensors', (t) => t.set(name, { shape: [4, 4], values: new Float32Array(16) })),
      `model.safetensors: tensor '${name}': expected [44, 32], found [4, 4]`,
    ],
    [
      'a tensor too many',
      () => rewrite('model.safetensors', (t) => t.set('lm_head.weight', { shape: [1], values: new Float32Array(1) })),
      "tensor 'lm_head.weight': the model of config.json has none",
    ],
    [
      'another architecture',
      () => changeConfig({ model_type: 'mamba' }),
      'config.json: model_type: expected turnwise, llama, qwen2, qwen3, found "mamba"',
    ],
    [
      'biases the file does not hold',
      () => changeConfig({ attention_bias: true }),
      "tensor 'model.layers.0.self_attn.q_proj.bias': expected [32], found none",
    ],
    [
      'a number that is none',
      () => changeConfig({ hidden_size: '64' }),
      'config.json: hidden_size: expected a number, found "64"',
    ],
    [
      'a small vocabulary',
      () => changeConfig({ vocab_size: 20 }),
      'tokenizer.json: has 31 tokens, but config.json a vocab_size of 20',
    ],
    ['a config.json that is not JSON', () => writeFile(join(folder, 'config.json'), '{'), 'config.json: '],
    ['a list', () => writeFile(join(folder, 'config.json'), '[]'), 'config.json: expected a JSON object'],
    ['nothing', () => writeFile(join(folder, 'config.json'), 'null'), 'config.json: expected a JSON object'],
    ['a number', () => writeFile(join(folder, 'config.json'), '5'), 'config.json: expected a JSON object'],
    ['no tokenizer', () => rm(join(folder, 'tokenizer.json')), 'tokenizer.json'],
  ])('%s', async (_, spoil, message) => {
    await spoil();
    await expect(loadCheckpoint(folder)).rejects.toThrow(message);
  });

  test('an optimizer state of another model or without a step changes nothing', async () => {
    const engine = smallEngine({ vocabularySize: 33 });
    const before = engine.optimizerState();
    const other = smallEngine({ vocabularySize: 31 });
    await expect(loadOptimizer(folder, other)).rejects.toThrow(
      "optimizer.safetensors: tensor 'exp_avg.model.embed_tokens.weight': expected [31, 32], found [33, 32]",
    );
    const { tensors } = await readSafetensors(join(folder, 'optimizer.safetensors'));
    await writeSafetensors(join(folder, 'optimizer.safetensors'), { tensors, metadata: {} });
    await expect(loadOptimizer(folder, engine)).rejects.toThrow("expected a whole number as metadata 'step'");
    for (const step of ['-1', '1.5', 'x']) {
      await writeSafetensors(join(folder, 'optimizer.safetensors'), { tensors, metadata: { step } });
      await expect(loadOptimizer(folder, engine)).rejects.toThrow(`metadata 'step', found "${step}"`);
    }
    expect(engine.optimizerState()).toEqual(before);
    await writeSafetensors(join(folder, 'optimizer.safetensors'), { tensors, metadata: { step: '0' } });
    await loadOptimizer(folder, engine);
    expect(engine.optimizerState().step).toBe(0);
  });
});
