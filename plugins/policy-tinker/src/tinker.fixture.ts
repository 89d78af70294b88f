import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@turnwise/core';
import type { Objective, PolicySpan, TokenSpan, TrainingBatch } from '@turnwise/core';
import { TinkerPolicy, type TinkerContext } from './tinker-policy.js';
import { tinkerOptions, type TinkerOptions } from './tinker-options.js';

/** Tokens are letters: `a` is 0. */
export const letters = {
  encode: (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0) - 97),
  decode: (tokens: readonly number[]): string => String.fromCharCode(...tokens.map((token) => token + 97)),
};

/** Logits that differ everywhere and never meet. */
export const bumpy = (previous: number, next: number): number => Math.sin(1 + previous * 7 + next * 3);

export interface Recording {
  readonly warnings: string[];
  readonly metrics: [string, number][];
}

/** A started policy at the address, quick to try again, and what it told the outside. */
export async function openPolicy(
  url: string,
  options: Partial<TinkerOptions> = {},
): Promise<{ policy: TinkerPolicy; told: Recording }> {
  const told: Recording = { warnings: [], metrics: [] };
  const silent = (): void => undefined;
  const context: TinkerContext = {
    logger: { debug: silent, info: silent, warn: (message) => told.warnings.push(message), error: silent },
    metrics: { record: (name, value) => told.metrics.push([name, value]) },
    paths: { base: '/', cache: '/' },
    random: randomStream(1),
    signal: new AbortController().signal,
  };
  const defaults = {
    url,
    server: 'hosted',
    baseModel: 'toy',
    tokenizer: '-',
    retryMilliseconds: 1,
    patienceSeconds: 5,
  };
  const policy = new TinkerPolicy(context, tinkerOptions.parse({ ...defaults, ...options }), letters);
  await policy.init();
  return { policy, told };
}

export const plain: Objective = {
  kind: 'importance-sampling',
  kl: { estimator: 'k3', coefficient: 0, reference: 'initial' },
  aggregation: 'token-mean',
  entropyCoefficient: 0,
};

export const adam = { learningRate: 0.05, weightDecay: 0, maxGradientNorm: null };

/** Trajectories of one to three turns over the first `vocabulary` letters; the same for the same seed. */
export function arbitraryBatch(seed: number, vocabulary: number): TrainingBatch {
  const random = randomStream(seed, 'batch');
  const some = (most: number): number[] =>
    Array.from({ length: 1 + random.integer(most) }, () => random.integer(vocabulary));
  const turn = (): PolicySpan => {
    const tokenIds = some(5);
    const logprobs = tokenIds.map(() => -0.2 - 2 * random.next());
    return { owner: 'policy', tokenIds, logprobs, advantage: random.integer(4) === 0 ? 0 : 2 * random.next() - 1 };
  };
  const sequences = Array.from({ length: 2 + random.integer(4) }, (_, index) => {
    const spans: TokenSpan[] = [{ owner: 'prompt', tokenIds: some(4) }, turn()];
    for (let more = random.integer(3); more > 0; more--)
      spans.push({ owner: 'observation', tokenIds: some(3) }, turn());
    return { trajectoryId: `t${index}`, spans };
  });
  return { sequences, temperature: 1, maxTokens: 20 };
}

/** A new folder for a checkpoint. */
export function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'turnwise-tinker-'));
}
