import type { Sample, SampleRequest } from '@turnwise/core';
import { randomStream } from '@turnwise/core';
import { sampleToken, type Decoder, type Tokenizer } from '@turnwise/engine';
import { CachedSequences, prefixToCompute } from './cached-sequences.js';

/** What of a request decides its tokens. */
export type SamplingRequest = Pick<
  SampleRequest,
  'trajectoryId' | 'tokenIds' | 'seed' | 'temperature' | 'topP' | 'maxTokens' | 'stop'
>;

interface Pending {
  readonly request: SamplingRequest;
  readonly signal: AbortSignal;
  readonly resolve: (sample: Sample) => void;
  readonly reject: (error: unknown) => void;
}

interface Active extends Pending {
  readonly slot: number;
  readonly random: { next(): number };
  /** Tokens whose keys are not in the cache yet: the prompt's rest at first, then the last sampled token. */
  feed: readonly number[];
  readonly tokenIds: number[];
  readonly logprobs: number[];
}

export interface ContinuousBatchOptions {
  readonly vocabularySize: number;
  /** Most new tokens computed in one decoding step; bounds memory. */
  readonly maxTokensPerStep: number;
  /** Tokens that end what the model writes, whatever the request's stop strings. */
  readonly endTokens?: ReadonlySet<number>;
  /** Most probable tokens that are drawn from. Default: all. */
  readonly topK?: number | undefined;
}

/** A prefix shorter than this is not worth a step's wait. */
const PREFIX_WORTH_WAITING = 8;

/**
 * Continuous batching: every decoding step serves all trajectories that want a token, and new ones join between steps.
 * A token depends on its own trajectory and seed alone, never on what else is in the batch, because the engine's rows
 * are independent to the bit.
 *
 * What several trajectories start with is computed once: one that starts like another that is about to be read waits
 * for that step and takes over the keys and values, which are the same to the bit.
 */
export class ContinuousBatch {
  private readonly pending: Pending[] = [];
  private active: Active[] = [];
  private readonly cache: CachedSequences;
  private running = false;
  /** Taken again by every step. */
  private logits = new Float32Array(0);

  constructor(
    private readonly decoder: Decoder,
    private readonly tokenizer: Tokenizer,
    private readonly options: ContinuousBatchOptions,
  ) {
    this.cache = new CachedSequences(decoder.slots);
  }

  sample(request: SamplingRequest, signal: AbortSignal): Promise<Sample> {
    return new Promise((resolve, reject) => {
      this.pending.push({ request, signal, resolve, reject });
      if (!this.running) {
        this.running = true;
        setImmediate(() => void this.run());
      }
    });
  }

  release(trajectoryId: string): void {
    this.cache.release(trajectoryId);
  }

  /** Forgets all cached keys and values; called after every change of weights. */
  invalidate(): void {
    this.cache.clear();
    for (let slot = 0; slot < this.cache.slots; slot++) this.decoder.truncate(slot, 0);
  }

  private async run(): Promise<void> {
    while (this.pending.length > 0 || this.active.length > 0) {
      try {
        this.admit();
        this.step();
      } catch (error) {
        for (const sequence of this.active) sequence.reject(error);
        this.active = [];
      }
      // Let finished trajectories search and come back before the next step.
      await new Promise((next) => setImmediate(next));
    }
    this.running = false;
  }

  private admit(): void {
    const busy = new Set(this.active.map((sequence) => sequence.slot));
    const arriving: SamplingRequest[] = [];
    let budget = this.options.maxTokensPerStep - this.active.reduce((sum, { feed }) => sum + feed.length, 0);
    let next = 0;
    for (let pending = this.pending[next]; pending; pending = this.pending[next]) {
      const { request, signal } = pending;
      if (signal.aborted) {
        this.pending.splice(next, 1);
        pending.reject(signal.reason);
        continue;
      }
      if (busy.size === this.cache.slots) return;
      if (this.isReadByAnother(request, arriving)) {
        next++;
        continue;
      }
      // One sequence is always let in, however long.
      if (request.tokenIds.length > budget && busy.size > 0) return;
      const place = this.cache.acquire(request.trajectoryId, request.tokenIds, busy);
      if (place === null) return;
      const { slot, cached, copyFrom } = place;
      this.pending.splice(next, 1);
      this.decoder.truncate(slot, copyFrom === null ? cached : 0);
      if (copyFrom !== null) this.decoder.copyPrefix(copyFrom, slot, cached);
      const feed = request.tokenIds.slice(cached);
      budget -= feed.length;
      busy.add(slot);
      arriving.push(request);
      const random = randomStream(request.seed, 'tokens');
      this.active.push({ ...pending, slot, random, feed, tokenIds: [], logprobs: [] });
    }
  }

  /** Whether one that joins in this step reads more of the request's tokens than are cached so far. */
  private isReadByAnother({ tokenIds }: SamplingRequest, arriving: readonly SamplingRequest[]): boolean {
    const shared = arriving.reduce((most, other) => Math.max(most, prefixToCompute(other.tokenIds, tokenIds)), 0);
    return shared >= PREFIX_WORTH_WAITING && shared >= this.cache.longestCached(tokenIds) + PREFIX_WORTH_WAITING;
  }

  private step(): void {
    this.active = this.active.filter((sequence) => {
      if (sequence.signal.aborted) sequence.reject(sequence.signal.reason);
      return !sequence.signal.aborted;
    });
    if (this.active.length === 0) return;
    const { vocabularySize, topK } = this.options;
    const items = this.active.map(({ slot, feed }) => ({ slot, tokens: feed }));
    const size = items.length * vocabularySize;
    if (this.logits.length < size) this.logits = new Float32Array(size);
    const logits = this.decoder.extend(items, this.logits);
    const unfinished: Active[] = [];
    this.active.forEach((sequence, row) => {
      const { request, slot, random } = sequence;
      this.cache.append(slot, sequence.feed);
      const { token, logprob } = sampleToken(logits, row * vocabularySize, vocabularySize, {
        temperature: request.temperature,
        topP: request.topP,
        ...(topK === undefined ? {} : { topK }),
        uniform: random.next(),
      });
      sequence.tokenIds.push(token);
      sequence.logprobs.push(Math.min(0, logprob));
      sequence.feed = [token];
      const finish = this.finish(sequence, token);
      if (finish === null) unfinished.push(sequence);
      else {
        const { tokenIds, logprobs } = sequence;
        sequence.resolve({ text: this.tokenizer.decode(tokenIds), tokenIds, logprobs, finish });
      }
    });
    this.active = unfinished;
  }

  private finish(sequence: Active, token: number): Sample['finish'] | null {
    const { request, tokenIds } = sequence;
    if (this.options.endTokens?.has(token)) return 'stop';
    // Stop strings that are one token of the vocabulary are found by id; others in the text so far.
    for (const stop of request.stop) {
      const stopToken = this.tokenizer.tokenToId(stop);
      if (stopToken === undefined ? this.tokenizer.decode(tokenIds).includes(stop) : token === stopToken) return 'stop';
    }
    return tokenIds.length >= request.maxTokens ? 'length' : null;
  }
}
