import type { Policy, SampleRequest, SearchOutcome, SearchTool, TrajectoryGroup } from '../contract/index.js';
import { rolloutGroups } from './rollout-groups.js';
import type { RolloutOptions } from './rollout-options.js';
import { createSearchR1Protocol } from './search-r1-protocol.js';

/** One token a character: any text is tokens, and every token is text. */
export const characters = {
  encode: (text: string): number[] => [...text].map((character) => character.codePointAt(0) as number),
  decode: (tokens: readonly number[]): string => String.fromCodePoint(...tokens),
};

/** A policy that writes what it is told to; one token a character. */
export function scripted(write: (request: SampleRequest) => string, maxContext: number | null = null): Policy {
  const refuse = (): never => {
    throw new Error('not trainable');
  };
  return {
    capabilities: { trainable: false, objectives: [], logprobs: true, maxContext },
    tokenizer: characters,
    async sample(request) {
      const text = write(request);
      const tokenIds = characters.encode(text).slice(0, request.maxTokens);
      const finish = tokenIds.length < characters.encode(text).length ? 'length' : 'stop';
      return Promise.resolve({ text: characters.decode(tokenIds), tokenIds, logprobs: tokenIds.map(() => -1), finish });
    },
    forwardBackward: refuse,
    optimStep: refuse,
    save: refuse,
    load: refuse,
  };
}

export const found: SearchOutcome = { status: 'ok', hits: [{ id: 'p', title: 'T', text: 'one two three', score: 1 }] };
export const search: SearchTool = { search: (queries) => Promise.resolve(queries.map(() => found)) };
export const protocol = createSearchR1Protocol({ instructions: '', passage: '{text}' });
export const options: RolloutOptions = {
  groupSize: 2,
  temperature: 1,
  topP: 1,
  concurrency: 3,
  maxTurns: 3,
  maxTokensPerTurn: 100,
  maxPassageTokens: 7,
  maxObservationTokens: 1000,
  topK: 3,
  timeoutSeconds: null,
};
export const questions = [1, 2, 3].map((number) => ({ id: `q${number}`, text: `Question ${number}`, answers: ['x'] }));

/** Two trajectories of each of three questions. */
export async function roll(
  policy: Policy,
  tool = search,
  changes: Partial<RolloutOptions> = {},
): Promise<TrajectoryGroup[]> {
  return rolloutGroups(
    { policy, protocol, search: tool },
    {
      questions,
      runSeed: 1,
      purpose: 'train',
      step: 1,
      options: { ...options, ...changes },
      signal: new AbortController().signal,
    },
  );
}
