import type { Sample, SampleRequest } from '@turnwise/core';
import { randomStream } from '@turnwise/core';
import { sampleToken, type Decoder, type Tokenizer } from '@turnwise/engine';
import { CachedSequences } from './cached-sequences.js';

interface Pending {
  readonly request: SampleRequest;
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

/**
 * Continuous batching: every decoding step serves all trajectories that want a token, and new ones join between steps.
 * A token depends on its own trajectory and seed alone, never on what else is in the batch, because the engine's rows
 * are independent to the bit.
 */
export class ContinuousBatch {
  private readonly pending: Pending[] = [];
  private active: Active[] = [];
  private readonly cache: CachedSequences;
  private running = false;

  constructor(
    private readonly decoder: Decoder,
    private readonly tokenizer: Tokenizer,
    private readonly vocabularySize: number,
    slots: number,
    /** Most new tokens computed in one decoding step; bounds memory. */
    private readonly maxTokensPerStep: number,
    /** Tokens that end what the model writes, whatever the request's stop strings. */
    private readonly endTokens: ReadonlySet<number> = new Set(),
  ) {
    this.cache = new CachedSequences(slots);
  }

  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
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
    let budget = this.maxTokensPerStep - this.active.reduce((sum, sequence) => sum + sequence.feed.length, 0);
    while (this.pending.length > 0) {
      const next = this.pending[0] as Pending;
      if (next.signal.aborted) {
        this.pending.shift();
        next.reject(next.signal.reason);
        continue;
      }
      const { request } = next;
      // One sequence is always let in, however long.
      if (request.tokenIds.length > budget && busy.size > 0) return;
      const place = this.cache.acquire(request.trajectoryId, request.tokenIds, busy);
      if (place === null) return;
      this.pending.shift();
      this.decoder.truncate(place.slot, place.cached);
      const feed = request.tokenIds.slice(place.cached);
      budget -= feed.length;
      busy.add(place.slot);
      const random = randomStream(request.seed, 'tokens');
      this.active.push({ ...next, slot: place.slot, random, feed, tokenIds: [], logprobs: [] });
    }
  }

  private step(): void {
    this.active = this.active.filter((sequence) => {
      if (sequence.signal.aborted) sequence.reject(sequence.signal.reason);
      return !sequence.signal.aborted;
    });
    if (this.active.length === 0) return;
    const logits = this.decoder.extend(this.active.map(({ slot, feed }) => ({ slot, tokens: feed })));
    const unfinished: Active[] = [];
    this.active.forEach((sequence, row) => {
      const { request, slot, random } = sequence;
      this.cache.append(slot, sequence.feed);
      const { token, logprob } = sampleToken(logits, row * this.vocabularySize, this.vocabularySize, {
        temperature: request.temperature,
        topP: request.topP,
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
    if (this.endTokens.has(token)) return 'stop';
    // Stop strings that are one token of the vocabulary are found by id; others in the text so far.
    for (const stop of request.stop) {
      const stopToken = this.tokenizer.tokenToId(stop);
      if (stopToken === undefined ? this.tokenizer.decode(tokenIds).includes(stop) : token === stopToken) return 'stop';
    }
    return tokenIds.length >= request.maxTokens ? 'length' : null;
  }
}
