import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAdapter, readAdapterConfig, saveAdapter } from '../adapter-files.js';
import { loadCheckpoint, loadOptimizer, saveCheckpoint, saveOptimizer } from '../checkpoint.js';
import { loraTargets, type LoraConfig } from '../lora.js';
import { tinyConfigs, writeHuggingFaceFolder } from '../testing/hugging-face-folder.js';
import { scores, step, stored, usesOfTraining } from '../testing/training-steps.js';

const all: LoraConfig = { rank: 3, alpha: 7, targets: loraTargets };

let folder: string;
let base: string;
beforeEach(async () => {
  [folder, base] = [await mkdtemp(join(tmpdir(), 'turnwise-lora-')), await mkdtemp(join(tmpdir(), 'turnwise-lora-'))];
});
afterEach(async () => {
  for (const path of [folder, base]) await rm(path, { recursive: true });
});

test('adapters trained on TensorFlow.js are saved as those of the embedded engine are, and read by it', async () => {
  await writeHuggingFaceFolder(base, tinyConfigs.qwen2);
  const lines: string[] = [];
  const log = (line: string): number => lines.push(line);
  const checkpoint = await loadCheckpoint(base, { lora: all, engine: 'tfjs', log });
  const { engine } = checkpoint;
  expect(engine.name).toMatch(/^tfjs/u);
  expect(engine.lora).toEqual(all);
  const frozen = stored(engine);
  for (let seed = 0; seed < 3; seed++) step(engine, seed);
  expect(stored(engine)).toEqual(frozen);
  await saveAdapter(folder, engine, 'some/base');
  await saveOptimizer(folder, engine);
  const again = (await loadCheckpoint(base, { lora: await readAdapterConfig(folder) })).engine;
  expect(again.name).toBe('wasm');
  await loadAdapter(folder, again);
  await loadOptimizer(folder, again);
  for (const { name } of engine.trainedParameters()) {
    expect(again.readParameter(name)).toEqual(engine.readParameter(name));
  }
  const close = (a: Float32Array, b: Float32Array, tolerance: number): void => {
    expect(b).toHaveLength(a.length);
    a.forEach((value, i) => expect(Math.abs(value - (b[i] ?? NaN))).toBeLessThan(tolerance));
  };
  close(scores(engine), scores(again), 3e-5);
  // Both go on from there, moments and all.
  for (const one of [engine, again]) step(one, 9);
  close(scores(engine), scores(again), 2e-4);
  await saveCheckpoint(folder, checkpoint);
  close(scores((await loadCheckpoint(folder)).engine), scores(engine), 3e-5);
  expect(() => engine.readGradient('model.norm.weight')).toThrow('is not trained: it has no gradient');
});

test('an engine that is not trainable, on TensorFlow.js', async () => {
  await writeHuggingFaceFolder(base, tinyConfigs.qwen2);
  const { engine } = await loadCheckpoint(base, { trainable: false, engine: 'tfjs' });
  expect(engine.trainedParameters()).toEqual([]);
  for (const use of usesOfTraining(engine)) expect(use).toThrow('made with trainable: false');
});
