import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Objective, OptimizerStep, Policy, SampleRequest, TrainingBatch } from '@turnwise/core';
import { createEngine, loadTokenizer, saveCheckpoint, transformerConfig, type Tokenizer } from '@turnwise/engine';
import { transformerOptions, type TransformerOptions } from './transformer-options.js';
import { createTransformerPolicy } from './transformer-policy.js';

/** A tokenizer for tests: one token for each letter, of which none but the exclamation mark means anything. */
export function letterTokenizer(alphabet = 'abcdefghijklmnopqrs!'): Tokenizer {
  const letters = Array.from(alphabet);
  return loadTokenizer({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'BPE', vocab: Object.fromEntries(letters.map((letter, id) => [letter, id])), merges: [] },
  });
}

export const letterConfig = transformerConfig({
  vocabularySize: 20,
  hiddenSize: 16,
  layerCount: 2,
  headCount: 2,
  keyValueHeadCount: 2,
  intermediateSize: 32,
  contextLength: 64,
});

/** PPO without a penalty, and steps large enough for a few to show. */
export const letterObjective: Objective = {
  kind: 'ppo-clip',
  low: 0.2,
  high: 0.2,
  dualClip: null,
  kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
  aggregation: 'token-mean',
  entropyCoefficient: 0,
};
export const letterOptimizer: OptimizerStep = { learningRate: 0.02, weightDecay: 0, maxGradientNorm: 1 };

/** A folder with a small model of letters. */
export async function letterFolder(seed = 5): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-policy-'));
  await saveCheckpoint(folder, { engine: createEngine({ config: letterConfig, seed }), tokenizer: letterTokenizer() });
  return folder;
}

/** A policy on that folder; what it warns of goes to `warnings`. */
export function letterPolicy(
  base: string,
  changes: Partial<TransformerOptions> = {},
  spawn?: Parameters<typeof createTransformerPolicy>[2],
  warnings: string[] = [],
): Promise<Policy & AsyncDisposable> {
  const quiet = (): void => undefined;
  const logger = { debug: quiet, info: quiet, warn: (message: string) => warnings.push(message), error: quiet };
  const options = transformerOptions.parse({ base, ...changes });
  return createTransformerPolicy(
    { resolveAsset: () => null, paths: { base: '/', cache: '/' }, logger },
    options,
    spawn,
  );
}

export function letterRequest(trajectoryId: string, tokenIds: readonly number[], seed: number): SampleRequest {
  const base = { temperature: 1, topP: 1, maxTokens: 12, stop: ['!'], turn: 0, maySearch: true, messages: [] };
  return { ...base, trajectoryId, tokenIds, seed };
}

export const never = new AbortController().signal;

/** Five groups of four trajectories that start alike, sampled together; then a second turn of each. */
export async function sampleGroups(
  policy: Policy,
): Promise<{ tokenIds: readonly number[]; logprobs: readonly number[] }[]> {
  const prompts = Array.from({ length: 20 }, (_, index) =>
    Array.from({ length: 9 + (index >> 2) }, (_unused, at) => (at * 7 + (index >> 2)) % 20),
  );
  const first = await Promise.all(
    prompts.map((prompt, index) => policy.sample(letterRequest(`t${index}`, prompt, index), never)),
  );
  const second = await Promise.all(
    prompts.map((prompt, index) => {
      const next = [...prompt, ...(first[index]?.tokenIds ?? []), 4, 5, 6];
      return policy.sample(letterRequest(`t${index}`, next, 100 + index), never);
    }),
  );
  prompts.forEach((_, index) => policy.release?.(`t${index}`));
  return [...first, ...second];
}

/** What was sampled, as a batch with made-up advantages. */
export async function letterBatch(policy: Policy): Promise<TrainingBatch> {
  const samples = await sampleGroups(policy);
  const sequences = samples.map(({ tokenIds, logprobs }, index) => ({
    trajectoryId: `t${index}`,
    spans: [
      { owner: 'prompt' as const, tokenIds: [1, 2, 3, index % 20] },
      { owner: 'policy' as const, tokenIds, logprobs, advantage: (index % 3) - 0.9 },
    ],
  }));
  return { sequences, temperature: 1, maxTokens: 12 };
}
