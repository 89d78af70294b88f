import {
  layForwardWorkspace,
  layLayerActivations,
  type ForwardWorkspace,
  type LayerActivations,
} from './activations.js';
import { ITEM_INTEGERS, withCache } from './attend-cached.js';
import { CHUNK_ROWS } from './batch-plan.js';
import { DecoderSlots, roomForLogits, type DecoderSlot } from './decoder-slots.js';
import type { Decoder, DecoderItem } from './engine.js';
import { forwardLayer } from './forward-layer.js';
import { KeyValueCache } from './key-value-cache.js';
import { normalize, project } from './layer-operations.js';
import { allRows, selectRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import type { ParameterLayout } from './parameter-layout.js';
import { Region } from './region.js';
import type { TransformerConfig } from './transformer-config.js';

/** An item placed among the rows of its pass. */
interface PlacedItem extends DecoderItem {
  readonly row: number;
  readonly position: number;
  readonly rows: number;
}

interface DecoderBuffers extends ForwardWorkspace, LayerActivations {
  readonly output: Address;
  readonly lastRows: Address;
  readonly tokens: Address;
  readonly logits: Address;
  readonly records: Address;
}

export function layDecoderBuffers(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  slots: number,
): DecoderBuffers {
  const rows = Math.max(CHUNK_ROWS, config.contextLength);
  const items = Math.min(rows, slots);
  return {
    ...layForwardWorkspace(region, config, layout, { rows, scored: items, longest: config.contextLength }),
    ...layLayerActivations(region, config, layout, rows, rows),
    output: region.take(items * config.hiddenSize),
    lastRows: region.take(items),
    tokens: region.take(rows + config.shiftTaps),
    logits: region.take(items * layout.paddedVocabulary),
    records: region.take(items * ITEM_INTEGERS),
  };
}

/** Decoding over the kernels; see `Decoder`. */
export class WasmDecoder implements Decoder {
  private readonly states: DecoderSlots<DecoderSlot>;
  private readonly cache: KeyValueCache;
  private readonly workspace: Address;
  /** Where the buffers of a step lie. They are laid out once, because a step is short. */
  private readonly buffers: DecoderBuffers;

  constructor(
    private readonly model: ModelMemory,
    readonly slots: number,
  ) {
    const emptySlot = (): DecoderSlot => ({ tokens: [], version: model.version });
    this.states = new DecoderSlots(slots, emptySlot, model.config, () => model.version);
    this.cache = new KeyValueCache(model, slots);
    const measure = new Region();
    this.layBuffers(measure);
    try {
      this.workspace = model.heap.allocate(measure.bytes(), `the workspace of a decoder of ${slots} slots`);
    } catch (error) {
      this.cache.free();
      throw error;
    }
    this.buffers = this.layBuffers(new Region(this.workspace));
  }

  extend(items: readonly DecoderItem[], into?: Float32Array): Float32Array {
    this.states.checkExtension(items);
    const { vocabularySize } = this.model.config;
    const logits = roomForLogits(items.length * vocabularySize, into);
    this.model.pack('forward');
    let next = 0;
    while (next < items.length) {
      const placed: PlacedItem[] = [];
      let row = 0;
      for (let item = items[next]; item; item = items[next + placed.length]) {
        const { slot, tokens } = item;
        if (row > 0 && row + tokens.length > CHUNK_ROWS) break;
        placed.push({ slot, tokens, row, position: this.states.at(slot).tokens.length, rows: tokens.length });
        row += tokens.length;
      }
      this.extendChunk(placed, logits.subarray(next * vocabularySize));
      next += placed.length;
    }
    return logits;
  }

  length(slot: number): number {
    return this.states.at(slot).tokens.length;
  }

  truncate(slot: number, length: number): void {
    this.states.truncate(slot, length);
  }

  copyPrefix(from: number, to: number, length: number): void {
    const { source, target } = this.states.checkCopy(from, to, length);
    this.cache.copy(from, to, length);
    target.tokens = source.tokens.slice(0, length);
    target.version = source.version;
  }

  close(): void {
    this.states.close();
    this.model.heap.free(this.workspace);
    this.cache.free();
  }

  private extendChunk(items: readonly PlacedItem[], logits: Float32Array): void {
    const { model, cache } = this;
    const { layout, heap } = model;
    const { layerCount, vocabularySize } = model.config;
    const { paddedVocabulary } = layout;
    const count = items.length;
    const { buffers } = this;
    if (model.config.shiftTaps === 0) this.embedRows(items);
    else for (const item of items) this.embed(item);

    const all = allRows(items);
    const lastRows = Int32Array.from(items, ({ row, rows }) => row + rows - 1);
    heap.integers(buffers.lastRows, count).set(lastRows);
    const last = selectRows(all, lastRows, buffers.lastRows);
    const slots = items.map(({ slot }) => slot);
    const attend = withCache(model, cache, slots, buffers.attention, buffers.records);
    for (let layer = 0; layer < layerCount; layer++) {
      const isLast = layer === layerCount - 1;
      // A layer may write over its input: by the time it does, the residual stream has moved on to `middle`.
      const output = isLast ? buffers.output : buffers.input;
      forwardLayer(model, layer, isLast ? last : all, buffers, buffers, output, attend);
    }
    normalize(model, layout.finalNorm, buffers.output, buffers.normed, buffers.attentionInverse, count);
    project(model, layout.head, buffers.normed, buffers.logits, count);
    const computed = heap.floats(buffers.logits, count * paddedVocabulary);
    if (paddedVocabulary === vocabularySize) {
      logits.set(computed);
      return;
    }
    for (let i = 0; i < count; i++) {
      const start = i * paddedVocabulary;
      logits.set(computed.subarray(start, start + vocabularySize), i * vocabularySize);
    }
  }

  /** Mixes an item's embeddings with those of the tokens before it and adds its tokens to the slot. */
  private embed({ slot, tokens, row }: PlacedItem): void {
    const { buffers } = this;
    const { kernels, config, layout, heap, weights } = this.model;
    const { hiddenSize, shiftTaps } = config;
    const state = this.states.at(slot);
    const history = state.tokens.slice(Math.max(0, state.tokens.length - shiftTaps));
    heap.integers(buffers.tokens, history.length + tokens.length).set([...history, ...tokens]);
    const [x, ids] = [buffers.input + row * hiddenSize * 4, buffers.tokens + history.length * 4];
    const table = weights + layout.embedding.offset * 4;
    const taps = layout.taps === null ? 0 : weights + layout.taps * 4;
    kernels.embed(x, ids, tokens.length, history.length, table, taps, shiftTaps, hiddenSize);
    this.hold(state, tokens);
  }

  /** As `embed` where no token before matters: all items in one call. */
  private embedRows(items: readonly PlacedItem[]): void {
    const { kernels, config, layout, heap, weights } = this.model;
    const { tokens: ids, input } = this.buffers;
    const last = items.at(-1);
    const rows = last ? last.row + last.rows : 0;
    const written = heap.integers(ids, rows);
    for (const { slot, tokens, row } of items) {
      for (let i = 0; i < tokens.length; i++) written[row + i] = tokens[i] ?? NaN;
      this.hold(this.states.at(slot), tokens);
    }
    kernels.embed(input, ids, rows, 0, weights + layout.embedding.offset * 4, 0, 0, config.hiddenSize);
  }

  /** Counts tokens among those whose keys the slot holds. */
  private hold(state: DecoderSlot, tokens: readonly number[]): void {
    if (state.tokens.length === 0) state.version = this.model.version;
    for (const token of tokens) state.tokens.push(token);
  }

  private layBuffers(region: Region): DecoderBuffers {
    return layDecoderBuffers(region, this.model.config, this.model.layout, this.slots);
  }
}
