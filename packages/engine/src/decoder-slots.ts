import { checkToken } from './batch-plan.js';
import type { DecoderItem } from './engine.js';
import type { TransformerConfig } from './transformer-config.js';

/** What every engine knows of a sequence it decodes. */
export interface DecoderSlot {
  tokens: number[];
  /** Version of the weights that the cached keys and values come from. */
  version: number;
}

/** The sequences of a decoder, and what may be asked of them; where their keys lie is the engine's own. */
export class DecoderSlots<Slot extends DecoderSlot> {
  private readonly slots: readonly Slot[];
  private closed = false;

  constructor(
    count: number,
    emptySlot: () => Slot,
    private readonly config: TransformerConfig,
    private readonly currentVersion: () => number,
  ) {
    if (!Number.isInteger(count) || count < 1) throw new Error(`a decoder needs at least 1 slot, got ${count}`);
    this.slots = Array.from({ length: count }, emptySlot);
  }

  at(slot: number): Slot {
    this.checkOpen();
    const state = this.slots[slot];
    if (!state) throw new Error(`no slot ${slot}: the decoder has ${this.slots.length}`);
    return state;
  }

  /** Throws unless the tokens of every item can be appended to its slot. */
  checkExtension(items: readonly DecoderItem[]): void {
    this.checkOpen();
    const { contextLength } = this.config;
    const seen = new Set<number>();
    for (const { slot, tokens } of items) {
      const state = this.at(slot);
      if (seen.has(slot)) throw new Error(`slot ${slot} appears twice in one extend`);
      seen.add(slot);
      if (tokens.length === 0) throw new Error(`no tokens to append to slot ${slot}`);
      for (const token of tokens) checkToken(token, this.config, `slot ${slot}`);
      if (state.tokens.length + tokens.length > contextLength) {
        throw new Error(
          `slot ${slot} holds ${state.tokens.length} tokens and ${tokens.length} more would exceed ` +
            `contextLength ${contextLength}`,
        );
      }
      if (state.tokens.length > 0) this.checkFresh(slot);
    }
  }

  truncate(slot: number, length: number): Slot {
    const state = this.at(slot);
    if (!Number.isInteger(length) || length < 0 || length > state.tokens.length) {
      throw new Error(`slot ${slot} holds ${state.tokens.length} tokens and cannot be truncated to ${length}`);
    }
    state.tokens.length = length;
    return state;
  }

  /** Both slots, once `length` tokens of one are known to be what the other can take. */
  checkCopy(from: number, to: number, length: number): { source: Slot; target: Slot } {
    const [source, target] = [this.at(from), this.at(to)];
    const [held, present] = [source.tokens.length, target.tokens.length];
    if (from === to || present > 0) {
      throw new Error(`slot ${to} holds ${present} tokens: only an empty slot is copied to`);
    }
    if (!Number.isInteger(length) || length < 1 || length > held) {
      throw new Error(`slot ${from} holds ${held} tokens: ${length} of them cannot be copied`);
    }
    this.checkFresh(from);
    return { source, target };
  }

  /** Closes the decoder and tells what it still held. Throws the second time. */
  close(): readonly Slot[] {
    this.checkOpen();
    this.closed = true;
    return this.slots;
  }

  private checkFresh(slot: number): void {
    if (this.at(slot).version === this.currentVersion()) return;
    throw new Error(`slot ${slot} was computed with weights that have changed since; truncate it to 0 and extend anew`);
  }

  private checkOpen(): void {
    if (this.closed) throw new Error('the decoder is closed');
  }
}

/** The first `length` numbers of `into`, or a new array. Throws when it is shorter. */
export function roomForLogits(length: number, into?: Float32Array): Float32Array {
  if (into === undefined) return new Float32Array(length);
  if (into.length < length) throw new Error(`${length} logits do not fit into ${into.length} numbers`);
  return into.subarray(0, length);
}
