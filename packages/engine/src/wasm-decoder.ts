import { layForwardWorkspace, type ForwardWorkspace, type LayerActivations } from './activations.js';
import { checkToken, CHUNK_ROWS } from './batch-plan.js';
import type { Decoder, DecoderItem } from './engine.js';
import { forwardLayer, projectedRow, rotateProjected } from './forward-layer.js';
import { normalise, project } from './layer-operations.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8 } from './parameter-layout.js';
import { Region } from './region.js';

interface Slot {
  tokens: number[];
  /** Version of the weights that the cached keys and values come from. */
  version: number;
}

/** An item placed among the rows of its pass. */
interface PlacedItem extends DecoderItem {
  readonly firstRow: number;
  readonly firstPosition: number;
}

interface DecoderBuffers extends ForwardWorkspace, LayerActivations {
  readonly output: Address;
  readonly lastRows: Address;
  readonly tokens: Address;
  readonly logits: Address;
}

/**
 * Key-value cache over the kernels. Per layer, slot and key-value head: keys in panels of 8 positions, which is what the
 * attention kernel reads, and values [contextLength, headSize]. Both are read front to back: with many slots the cache
 * is far larger than the processor's, and decoding runs at the speed of memory.
 */
export class WasmDecoder implements Decoder {
  private readonly states: Slot[];
  private readonly cache: Address;
  private readonly block: Address;
  private readonly slotFloats: number;
  private readonly maximumRows: number;
  private closed = false;

  constructor(
    private readonly model: ModelMemory,
    readonly slots: number,
  ) {
    if (!Number.isInteger(slots) || slots < 1) throw new Error(`a decoder needs at least 1 slot, got ${slots}`);
    const { config, heap, layout } = model;
    this.states = Array.from({ length: slots }, () => ({ tokens: [], version: model.version }));
    this.slotFloats = roundUpTo8(config.contextLength) * layout.keyValueWidth;
    this.maximumRows = Math.max(CHUNK_ROWS, config.contextLength);
    const cacheBytes = 2 * config.layerCount * slots * this.slotFloats * 4;
    this.cache = heap.allocate(cacheBytes, `a decoder of ${slots} slots`);
    // Zeros, because a panel is read to its end: what lies beyond the last key is masked but must be finite.
    heap.floats(this.cache, cacheBytes / 4).fill(0);
    const measure = new Region();
    this.layBuffers(measure);
    try {
      this.block = heap.allocate(measure.bytes(), `the workspace of a decoder of ${slots} slots`);
    } catch (error) {
      heap.free(this.cache);
      throw error;
    }
  }

  extend(items: readonly DecoderItem[]): Float32Array {
    this.validate(items);
    const { model } = this;
    const { vocabularySize } = model.config;
    model.pack('forward');
    const logits = new Float32Array(items.length * vocabularySize);
    const buffers = this.layBuffers(new Region(this.block));
    let next = 0;
    while (next < items.length) {
      const placed: PlacedItem[] = [];
      let rows = 0;
      for (let item = items[next + placed.length]; item; item = items[next + placed.length]) {
        if (rows > 0 && rows + item.tokens.length > CHUNK_ROWS) break;
        placed.push({ ...item, firstRow: rows, firstPosition: this.slot(item.slot).tokens.length });
        rows += item.tokens.length;
      }
      this.extendChunk(placed, rows, buffers, logits, next * vocabularySize);
      next += placed.length;
    }
    return logits;
  }

  length(slot: number): number {
    return this.slot(slot).tokens.length;
  }

  truncate(slot: number, length: number): void {
    const state = this.slot(slot);
    if (!Number.isInteger(length) || length < 0 || length > state.tokens.length) {
      throw new Error(`slot ${slot} holds ${state.tokens.length} tokens and cannot be truncated to ${length}`);
    }
    state.tokens.length = length;
  }

  close(): void {
    this.checkOpen();
    this.closed = true;
    this.model.heap.free(this.block);
    this.model.heap.free(this.cache);
  }

  private extendChunk(
    items: readonly PlacedItem[],
    rows: number,
    buffers: DecoderBuffers,
    logits: Float32Array,
    firstLogit: number,
  ): void {
    const { model } = this;
    const { kernels, config, layout, heap } = model;
    const { hiddenSize, vocabularySize, shiftTaps } = config;
    const { paddedVocabulary, embedding } = layout;
    const table = model.weight(embedding.offset);
    const taps = layout.taps === null ? 0 : model.weight(layout.taps);
    const lastRows = heap.integers(buffers.lastRows, items.length);
    items.forEach((item, i) => {
      const state = this.slot(item.slot);
      if (state.tokens.length === 0) state.version = model.version;
      const history = state.tokens.slice(Math.max(0, state.tokens.length - shiftTaps));
      heap.integers(buffers.tokens, history.length + item.tokens.length).set([...history, ...item.tokens]);
      const [x, ids] = [buffers.input + item.firstRow * hiddenSize * 4, buffers.tokens + history.length * 4];
      kernels.embed(x, ids, item.tokens.length, history.length, table, taps, shiftTaps, hiddenSize);
      for (const token of item.tokens) state.tokens.push(token);
      lastRows[i] = item.firstRow + item.tokens.length - 1;
    });
    for (let layer = 0; layer < config.layerCount; layer++) {
      // The layer's output may overwrite its input: by then the residual stream has moved on to `middle`.
      forwardLayer(model, layer, rows, buffers, buffers, buffers.input, () => {
        for (const item of items) this.attend(layer, item, buffers);
      });
    }
    const count = items.length;
    kernels.gatherRows(buffers.input, buffers.lastRows, count, buffers.output, hiddenSize);
    normalise(model, layout.finalNorm, buffers.output, buffers.normed, buffers.attentionInverse, count);
    project(model, embedding, buffers.normed, buffers.logits, count);
    const computed = heap.floats(buffers.logits, count * paddedVocabulary);
    for (let i = 0; i < count; i++) {
      const start = i * paddedVocabulary;
      logits.set(computed.subarray(start, start + vocabularySize), firstLogit + i * vocabularySize);
    }
  }

  /** Appends an item's keys and values to its slot's cache and attends to all of it. */
  private attend(layer: number, item: PlacedItem, buffers: DecoderBuffers): void {
    const { model } = this;
    const { kernels, config, layout } = model;
    const { headSize, queryWidth } = layout;
    const { headCount, keyValueHeadCount } = config;
    const row = projectedRow(model);
    const rows = item.tokens.length;
    const projected = buffers.projected + item.firstRow * row.bytes;
    const attended = buffers.attended + item.firstRow * queryWidth * 4;
    const keys = this.cache + (layer * this.slots + item.slot) * 2 * this.slotFloats * 4;
    const values = keys + this.slotFloats * 4;
    const headCacheBytes = (this.slotFloats / keyValueHeadCount) * 4;
    const headBytes = headSize * 4;
    const group = headCount / keyValueHeadCount;
    rotateProjected(model, projected, rows, item.firstPosition, 1);
    for (let shared = 0; shared < keyValueHeadCount; shared++) {
      const panels = keys + shared * headCacheBytes;
      const cached = values + shared * headCacheBytes;
      const newKeys = projected + row.keys + shared * headBytes;
      const newValues = projected + row.values + shared * headBytes;
      kernels.packKeys(newKeys, row.bytes, panels, item.firstPosition, rows, headSize);
      kernels.copyRows(newValues, row.bytes, cached + item.firstPosition * headBytes, headBytes, rows, headSize);
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const offset = head * headBytes;
        kernels.attention(
          projected + offset,
          row.bytes,
          panels,
          cached,
          headBytes,
          attended + offset,
          queryWidth * 4,
          0,
          0,
          item.firstPosition,
          rows,
          headSize,
          buffers.attention,
        );
      }
    }
  }

  private layBuffers(region: Region): DecoderBuffers {
    const { config, layout } = this.model;
    const rows = this.maximumRows;
    const { hiddenSize } = config;
    return {
      ...layForwardWorkspace(region, config, layout, rows, config.contextLength),
      input: region.take(rows * hiddenSize),
      attentionInverse: region.take(rows),
      projected: region.take(rows * (layout.queryWidth + 2 * layout.keyValueWidth)),
      attended: region.take(rows * layout.queryWidth),
      logSums: 0,
      middle: region.take(rows * hiddenSize),
      feedForwardInverse: region.take(rows),
      gateUp: region.take(rows * 2 * layout.paddedIntermediate),
      output: region.take(rows * hiddenSize),
      lastRows: region.take(rows),
      tokens: region.take(rows + config.shiftTaps),
      logits: region.take(Math.min(rows, this.slots) * layout.paddedVocabulary),
    };
  }

  private validate(items: readonly DecoderItem[]): void {
    this.checkOpen();
    const { config, version } = this.model;
    const seen = new Set<number>();
    for (const { slot, tokens } of items) {
      const state = this.slot(slot);
      if (seen.has(slot)) throw new Error(`slot ${slot} appears twice in one extend`);
      seen.add(slot);
      if (tokens.length === 0) throw new Error(`no tokens to append to slot ${slot}`);
      for (const token of tokens) checkToken(token, config, `slot ${slot}`);
      if (state.tokens.length + tokens.length > config.contextLength) {
        throw new Error(
          `slot ${slot} holds ${state.tokens.length} tokens and ${tokens.length} more would exceed ` +
            `contextLength ${config.contextLength}`,
        );
      }
      if (state.tokens.length > 0 && state.version !== version) {
        throw new Error(
          `slot ${slot} was computed with weights that have changed since; truncate it to 0 and extend anew`,
        );
      }
    }
  }

  private slot(slot: number): Slot {
    this.checkOpen();
    const state = this.states[slot];
    if (!state) throw new Error(`no slot ${slot}: the decoder has ${this.slots}`);
    return state;
  }

  private checkOpen(): void {
    if (this.closed) throw new Error('the decoder is closed');
  }
}
