import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAdapter, readAdapterConfig, saveAdapter } from './adapter-files.js';
import { loadCheckpoint, loadOptimizer, saveCheckpoint, saveOptimizer } from './checkpoint.js';
import type { Engine } from './engine.js';
import { loraTargets, type LoraConfig } from './lora.js';
import { normalStream } from './random-normal.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { tinyConfigs, writeHuggingFaceFolder, writeJson } from './testing/hugging-face-folder.js';
import { scores, step, stored, usesOfTraining } from './testing/training-steps.js';

const all: LoraConfig = { rank: 3, alpha: 7, targets: loraTargets };

let folder: string;
let base: string;
beforeEach(async () => {
  [folder, base] = [await mkdtemp(join(tmpdir(), 'turnwise-lora-')), await mkdtemp(join(tmpdir(), 'turnwise-lora-'))];
});
afterEach(async () => {
  for (const path of [folder, base]) await rm(path, { recursive: true });
});

/** A tiny model with adapters away from their start, where B is 0 and A has no gradient. */
async function adapted(config: keyof typeof tinyConfigs, lora: LoraConfig, seed = 1): Promise<Engine> {
  await writeHuggingFaceFolder(base, tinyConfigs[config]);
  const { engine } = await loadCheckpoint(base, { lora });
  for (const { name, shape } of engine.trainedParameters()) {
    const normal = normalStream(seed, name);
    const size = shape.reduce((product, extent) => product * extent, 1);
    engine.writeParameter(
      name,
      Float32Array.from({ length: size }, () => 0.3 * normal()),
    );
  }
  return engine;
}

test('adapters start as if they were not there', async () => {
  const plain = await writeHuggingFaceFolder(base, tinyConfigs.qwen3);
  const { engine } = await loadCheckpoint(base, { lora: all });
  expect(scores(engine)).toEqual(scores(plain));
  const down = 'model.layers.0.mlp.down_proj.lora_A.weight';
  expect(engine.trainedParameters()).toContainEqual({ name: down, shape: [3, 40] });
  const a = engine.readParameter(down);
  const variance = a.reduce((sum, value) => sum + value * value, 0) / a.length;
  expect(variance * 40 * 3).toBeGreaterThan(0.5);
  expect(variance * 40 * 3).toBeLessThan(1.6);
});

describe.each([
  ['llama', all],
  ['qwen2', { rank: 8, alpha: 4, targets: ['v_proj', 'up_proj', 'o_proj'], rankStabilised: true }],
  ['qwen3', { rank: 1, alpha: 2, targets: ['k_proj', 'q_proj', 'gate_proj', 'down_proj'] }],
] as const satisfies readonly (readonly [keyof typeof tinyConfigs, LoraConfig])[])('%s %j', (name, lora) => {
  test('training moves adapters alone, and sampling sees them move', async () => {
    const engine = await adapted(name, lora);
    const [frozen, before] = [stored(engine), scores(engine)];
    for (let seed = 0; seed < 3; seed++) step(engine, seed);
    expect(stored(engine)).toEqual(frozen);
    expect(scores(engine)).not.toEqual(before);
    const tokens = [1, 2, 3, 4, 5];
    const decoder = engine.openDecoder({ slots: 1 });
    const logits = decoder.extend([{ slot: 0, tokens }]);
    await saveCheckpoint(folder, { ...(await loadCheckpoint(base)), engine });
    const merged = (await loadCheckpoint(folder)).engine;
    expect(merged.openDecoder({ slots: 1 }).extend([{ slot: 0, tokens }])).toEqual(logits);
    expect(scores(merged)).toEqual(scores(engine));
  });

  test('saved and loaded, adapters and optimizer go on as if nothing had happened', async () => {
    const engine = await adapted(name, lora);
    step(engine, 1);
    await saveAdapter(folder, engine, 'some/base');
    await saveOptimizer(folder, engine);
    const again = (await loadCheckpoint(base, { lora: await readAdapterConfig(folder) })).engine;
    await loadAdapter(folder, again);
    await loadOptimizer(folder, again);
    expect(scores(again)).toEqual(scores(engine));
    for (const one of [engine, again]) step(one, 2);
    expect(scores(again)).toEqual(scores(engine));
    const { tensors } = await readSafetensors(join(folder, 'adapter_model.safetensors'));
    expect([...tensors.keys()].every((n) => n.startsWith('base_model.model.model.layers.'))).toBe(true);
    expect(tensors.size).toBe(engine.trainedParameters().length);
    const optimizer = await readSafetensors(join(folder, 'optimizer.safetensors'));
    expect(optimizer.tensors.size).toBe(2 * tensors.size);
  });
});

describe('adapters that do not fit', () => {
  let engine: Engine;
  const config = async (changes: object): Promise<void> => {
    const json = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')) as object;
    await writeJson(folder, 'adapter_config.json', { ...json, ...changes });
  };
  const first = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  beforeEach(async () => {
    engine = await adapted('qwen2', { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj'] });
    await saveAdapter(folder, engine);
  });

  test.each<[string, () => Promise<void>, string]>([
    ['another rank', () => config({ r: 4 }), 'adapter_config.json: rank, alpha and targets are [4,4,'],
    [
      'another method',
      () => config({ peft_type: 'IA3' }),
      'adapter_config.json: peft_type: expected "LORA", found "IA3"',
    ],
    ['trained biases', () => config({ bias: 'all' }), 'bias: expected "none", found "all"'],
    ['ranks by layer', () => config({ rank_pattern: { q_proj: 3 } }), 'rank_pattern: expected {}'],
    ['DoRA', () => config({ use_dora: true }), 'use_dora: expected false'],
    [
      'targets that are no projections',
      () => config({ target_modules: ['lm_head'] }),
      'target_modules: expected a list',
    ],
    ['a rank that is none', () => config({ r: 0 }), 'lora.rank must be a whole number from 1'],
    ['a cut file', () => truncate(join(folder, 'adapter_model.safetensors'), 1500), 'truncated in tensor'],
    [
      'a missing tensor',
      async () => {
        const path = join(folder, 'adapter_model.safetensors');
        const { tensors, metadata } = await readSafetensors(path);
        await writeSafetensors(path, { tensors: new Map([...tensors].filter(([n]) => n !== first)), metadata });
      },
      `tensor '${first}': expected [2, 32], found none`,
    ],
  ])('%s', async (_name, spoil, message) => {
    await spoil();
    const before = scores(engine);
    await expect(loadAdapter(folder, engine)).rejects.toThrow(message);
    expect(scores(engine)).toEqual(before);
  });

  test('an engine without adapters has none to save or load', async () => {
    const plain = (await loadCheckpoint(base)).engine;
    await expect(saveAdapter(folder, plain)).rejects.toThrow('made without lora');
    await expect(loadAdapter(folder, plain)).rejects.toThrow("but the engine's are null");
  });

  test.each([
    [{ rank: 1.5 }, 'lora.rank'],
    [{ alpha: 0 }, 'lora.alpha must be a positive number, got 0'],
    [{ targets: [] }, 'lora.targets must be one or more of'],
  ])('lora %j is refused', async (changes, message) => {
    await expect(loadCheckpoint(base, { lora: { ...all, ...changes } })).rejects.toThrow(message);
  });
});

test('an engine that is not trainable scores and samples, and refuses the rest', async () => {
  const plain = await writeHuggingFaceFolder(base, tinyConfigs.llama);
  const { engine } = await loadCheckpoint(base, { trainable: false });
  expect(scores(engine)).toEqual(scores(plain));
  expect(engine.trainedParameters()).toEqual([]);
  for (const use of usesOfTraining(engine)) expect(use).toThrow('made with trainable: false');
  expect(() => engine.readGradient('model.norm.weight')).toThrow('is not trained');
});
