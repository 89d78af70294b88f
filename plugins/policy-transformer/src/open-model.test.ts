import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Objective, Policy, TrainingBatch } from '@turnwise/core';
import { createEngine, loadCheckpoint, saveCheckpoint, transformerConfig } from '@turnwise/engine';
import {
  letterObjective,
  letterOptimizer,
  letterPolicy,
  letterRequest,
  letterTokenizer,
  never,
} from './letter-policy.fixture.js';

/** A Qwen2 folder with random weights and one token a letter, of which `q` ends the output. */
const letters = 'abcdefghijklmnopq';
const end = letters.length - 1;

let folder: string;
let base: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-open-model-'));
  base = join(folder, 'base');
  await mkdir(base);
  const config = transformerConfig({
    vocabularySize: letters.length,
    hiddenSize: 32,
    keyValueHeadCount: 2,
    intermediateSize: 40,
    contextLength: 64,
    shiftTaps: 0,
    queryKeyValueBias: true,
  });
  await saveCheckpoint(base, { engine: createEngine({ config, seed: 5 }), tokenizer: letterTokenizer(letters) });
  const json = JSON.parse(await readFile(join(base, 'config.json'), 'utf8')) as object;
  const qwen = { ...json, model_type: 'qwen2', architectures: ['Qwen2ForCausalLM'], eos_token_id: end };
  await writeFile(join(base, 'config.json'), JSON.stringify(qwen));
});
afterEach(() => rm(folder, { recursive: true }));

function open(options: object = {}): Promise<Policy & AsyncDisposable> {
  return letterPolicy(base, { engine: 'wasm', slots: 16, ...options });
}

function sampleAll(policy: Policy) {
  return Promise.all(
    Array.from({ length: 12 }, (_, i) => policy.sample({ ...letterRequest(`t${i}`, [i, 3], i), maxTokens: 40 }, never)),
  );
}

const objective: Objective = {
  ...letterObjective,
  kl: { estimator: 'k3', coefficient: 0.1, reference: 'initial' },
};

async function train(policy: Policy): Promise<void> {
  const batch: TrainingBatch = {
    sequences: (await sampleAll(policy)).map(({ tokenIds, logprobs }, i) => ({
      trajectoryId: `t${i}`,
      spans: [
        { owner: 'prompt' as const, tokenIds: [i, 3] },
        { owner: 'policy' as const, tokenIds, logprobs, advantage: i % 2 === 0 ? 1 : -1 },
      ],
    })),
    temperature: 1,
    maxTokens: 40,
  };
  await policy.forwardBackward(batch, objective);
  await policy.optimStep(letterOptimizer);
}

test("the model's end token ends a sample, and nothing follows it", async () => {
  await using policy = await open();
  const samples = await sampleAll(policy);
  const ended = samples.filter(({ finish }) => finish === 'stop');
  expect(ended.length).toBeGreaterThan(2);
  for (const { tokenIds, finish } of samples) {
    expect(tokenIds.indexOf(end)).toBe(finish === 'stop' ? tokenIds.length - 1 : -1);
  }
});

test('a shorter context is what the policy says it has', async () => {
  await using policy = await open({ contextLength: 48 });
  expect(policy.capabilities.maxContext).toBe(48);
  await expect(open({ contextLength: 65 })).rejects.toThrow("contextLength 65 is more than the model's 64");
});

test('adapters are trained, saved in the layout of PEFT, resumed, and merged', async () => {
  const options = { lora: { rank: 2, targets: ['q_proj', 'down_proj'], merge: true } };
  await using policy = await open(options);
  const before = await sampleAll(policy);
  await train(policy);
  const saved = join(folder, 'saved');
  await mkdir(saved);
  await policy.save(saved);
  expect((await readdir(saved)).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'merged',
    'optimizer.safetensors',
  ]);
  const trained = await sampleAll(policy);
  expect(trained).not.toEqual(before);

  await using resumed = await open(options);
  await resumed.load(saved);
  expect(await sampleAll(resumed)).toEqual(trained);
  await using merged = await open({ base: join(saved, 'merged') });
  expect(await sampleAll(merged)).toEqual(trained);
  for (const one of [policy, resumed]) await train(one);
  expect(await sampleAll(resumed)).toEqual(await sampleAll(policy));

  const [first, second] = [await loadCheckpoint(base), await loadCheckpoint(join(saved, 'merged'))];
  const moved = first.engine.parameters().filter(({ name }) => {
    const [a, b] = [first, second].map(({ engine }) => Buffer.from(engine.readParameter(name).buffer));
    return a && b && !a.equals(b);
  });
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.every(({ name }) => /(q|down)_proj\.weight$/u.test(name))).toBe(true);
});

test('adapters and whole models are not taken for each other', async () => {
  await using adapted = await open({ lora: {} });
  await using whole = await open();
  await expect(adapted.load(base)).rejects.toThrow('holds a whole model, but policy.with.lora is set');
  const saved = join(folder, 'saved');
  await mkdir(saved);
  await adapted.save(saved);
  await expect(whole.load(saved)).rejects.toThrow('holds adapters, but policy.with.lora is not set');
});
