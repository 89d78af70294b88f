import { loadTokenizer } from '@turnwise/engine';

/** Milliseconds of one piece of work: by the wall, and of processor time in all threads. */
export interface Times {
  readonly wall: number;
  readonly cpu: number;
}

/** The work of every contender; a slow one does a fraction of the sequences or steps and says so. */
export interface Work {
  readonly trainingSequences: number;
  readonly trainingLength: number;
  readonly prompts: number;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** An engine in the race, ready to repeat its work. */
export interface Contender {
  readonly name: string;
  readonly work: Work;
  /** What is known of the software and its threads. */
  readonly about: Readonly<Record<string, unknown>>;
  /** One step: forward, backward, clipping, AdamW. */
  train(): Promise<Times>;
  /** Reads all prompts, then samples from all of them. */
  sample(): Promise<{ readonly reading: Times; readonly sampling: Times }>;
  close(): Promise<void>;
}

export const fullWork: Work = {
  trainingSequences: 32,
  trainingLength: 192,
  prompts: 64,
  promptTokens: 128,
  newTokens: 64,
};

export const vocabularySize = 600;

/** The tokens of everyone's training batch, sequence after sequence. */
export function trainingTokens({ trainingSequences, trainingLength }: Work): number[] {
  return someTokens(trainingSequences * trainingLength);
}

export function promptTokens({ promptTokens }: Work, prompt: number): number[] {
  return someTokens(promptTokens, prompt);
}

function someTokens(count: number, seed = 0): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7919 + ((i * i) >> 3) + seed * 31) % vocabularySize);
}

/** Times a piece of work in this process, whatever threads it uses. */
export async function timed(work: () => unknown): Promise<Times> {
  const [usage, start] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(usage);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

/** Words t0 to t599, one token each. */
export function wordTokenizer() {
  const vocab = Object.fromEntries(Array.from({ length: vocabularySize }, (_, id) => [`t${id}`, id]));
  return loadTokenizer({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab, unk_token: 't0' },
  });
}
