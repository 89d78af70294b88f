import type { Objective, Policy, SampleRequest, TrainingBatch } from '@turnwise/core';
import { createTransformerPolicy } from '../../../plugins/policy-transformer/src/transformer-policy.js';
import { transformerOptions } from '../../../plugins/policy-transformer/src/transformer-options.js';
import { fullWork, promptTokens, timed, trainingTokens, type Contender } from './contender.js';

const quiet = (): void => undefined;
const never = new AbortController().signal;
const objective: Objective = {
  kind: 'importance-sampling',
  kl: { estimator: 'k3', coefficient: 0, reference: 'sampler' },
  aggregation: 'token-mean',
  entropyCoefficient: 0,
};

/** The policy on a checkpoint, as a run uses it. */
export function benchPolicy(base: string, changes: object = {}): Promise<Policy & AsyncDisposable> {
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const options = transformerOptions.parse({ base, engine: 'wasm', ...changes });
  return createTransformerPolicy({ resolveAsset: () => null, paths: { base: '/', cache: '/' }, logger }, options);
}

/**
 * The embedded engine as a run uses it: through the policy, on a number of worker threads, policy loss, sampling with
 * log-probabilities, text and messages between threads included.
 */
export async function policyContender(base: string, workers: number): Promise<Contender> {
  const policy = await benchPolicy(base, { workers });
  const batch = trainingBatch();
  let sampled = 0;
  return {
    name: `wasm, ${workers} worker${workers === 1 ? '' : 's'}`,
    work: fullWork,
    about: { threads: workers },
    train: () =>
      timed(async () => {
        await policy.forwardBackward(batch, objective);
        await policy.optimStep({ learningRate: 1e-4, weightDecay: 0, maxGradientNorm: 1 });
      }),
    sample: async () => {
      const round = ++sampled;
      const prompts = Array.from({ length: fullWork.prompts }, (_, prompt) => promptTokens(fullWork, prompt));
      // Other work has read the same prompts: what is cached of them must not be found.
      await policy.optimStep({ learningRate: 0, weightDecay: 0, maxGradientNorm: 1 });
      const all = (tokens: number, from: readonly (readonly number[])[]) =>
        Promise.all(from.map((ids, index) => policy.sample(request(`${round}-${index}`, ids, tokens, index), never)));
      let first: readonly { readonly tokenIds: readonly number[] }[] = [];
      const reading = await timed(async () => (first = await all(1, prompts)));
      const grown = prompts.map((ids, index) => [...ids, ...(first[index]?.tokenIds ?? [])]);
      const sampling = await timed(() => all(fullWork.newTokens, grown));
      grown.forEach((_, index) => policy.release?.(`${round}-${index}`));
      return { reading, sampling };
    },
    close: async () => {
      await policy[Symbol.asyncDispose]();
    },
  };
}

function request(trajectoryId: string, tokenIds: readonly number[], maxTokens: number, seed: number): SampleRequest {
  const fixed = { messages: [], temperature: 1, topP: 1, stop: [], turn: 0, maySearch: false };
  return { ...fixed, trajectoryId, tokenIds, maxTokens, seed };
}

/** Every token but each sequence's first is the policy's. */
function trainingBatch(): TrainingBatch {
  const { trainingSequences, trainingLength } = fullWork;
  const tokens = trainingTokens(fullWork);
  const sequences = Array.from({ length: trainingSequences }, (_, index) => {
    const own = tokens.slice(index * trainingLength, (index + 1) * trainingLength);
    const logprobs = new Array<number>(trainingLength - 1).fill(-Math.log(600));
    return {
      trajectoryId: `${index}`,
      spans: [
        { owner: 'prompt' as const, tokenIds: own.slice(0, 1) },
        { owner: 'policy' as const, tokenIds: own.slice(1), logprobs, advantage: 1 },
      ],
    };
  });
  return { sequences, temperature: 1, maxTokens: trainingLength };
}
