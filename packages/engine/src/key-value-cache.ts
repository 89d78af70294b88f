import type { HeadMemory } from './attend.js';
import type { SequenceRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8, type ParameterLayout } from './parameter-layout.js';
import type { TransformerConfig } from './transformer-config.js';

/**
 * Keys and values of many sequences. Per layer and slot: keys in panels of 8 positions, which is what the attention
 * kernel reads, [positions / 8][keyValueWidth][8], then values [contextLength, keyValueWidth]. So what is held of a
 * sequence is two runs of memory without gaps: with many slots the cache is far larger than the processor's, and
 * decoding runs at the speed of memory.
 */
export class KeyValueCache {
  /** Bytes from a slot's keys to its values. */
  readonly valuesOffset: number;
  private readonly block: Address;

  constructor(
    private readonly model: ModelMemory,
    private readonly slots: number,
  ) {
    const { config, heap, layout } = model;
    this.valuesOffset = roundUpTo8(config.contextLength) * layout.keyValueWidth * 4;
    const bytes = keyValueCacheBytes(config, layout, slots);
    this.block = heap.allocate(bytes, `a decoder of ${slots} slots`);
    // Zeros, because a panel is read to its end: what lies beyond the last key is masked but must be finite.
    heap.floats(this.block, bytes / 4).fill(0);
  }

  /** Where a slot's keys of a layer begin. */
  place(layer: number, slot: number): Address {
    return this.block + (layer * this.slots + slot) * 2 * this.valuesOffset;
  }

  /** Appends rows of new keys and values [rows, 2 keyValueWidth] at the sequence's position. */
  append(
    layer: number,
    slot: number,
    { position, rows }: Pick<SequenceRows, 'position' | 'rows'>,
    keyValues: Address,
  ): void {
    const { kernels, layout } = this.model;
    const { keyValueWidth } = layout;
    const width = keyValueWidth * 4;
    const keys = this.place(layer, slot);
    kernels.packKeys(keyValues, 2 * width, keys, position, rows, keyValueWidth);
    const values = keys + this.valuesOffset + position * width;
    kernels.copyRows(keyValues + width, 2 * width, values, width, rows, keyValueWidth);
  }

  head(layer: number, slot: number, head: number): HeadMemory {
    const { headSize, keyValueWidth } = this.model.layout;
    const keys = this.place(layer, slot);
    return {
      keyPanels: keys + head * headSize * 32,
      panelStride: keyValueWidth * 32,
      values: keys + this.valuesOffset + head * headSize * 4,
      valueStride: keyValueWidth * 4,
    };
  }

  /** Copies what is held of the first `length` positions of one slot to another. */
  copy(from: number, to: number, length: number): void {
    const { config, kernels, layout } = this.model;
    const { keyValueWidth } = layout;
    // Whole panels: what the last one holds beyond `length` is masked, and overwritten before it is not.
    for (let layer = 0; layer < config.layerCount; layer++) {
      const [source, target] = [this.place(layer, from), this.place(layer, to)];
      kernels.copyRows(source, 0, target, 0, 1, roundUpTo8(length) * keyValueWidth);
      kernels.copyRows(source + this.valuesOffset, 0, target + this.valuesOffset, 0, 1, length * keyValueWidth);
    }
  }

  free(): void {
    this.model.heap.free(this.block);
  }
}

export function keyValueCacheBytes(config: TransformerConfig, layout: ParameterLayout, slots: number): number {
  return 2 * config.layerCount * slots * roundUpTo8(config.contextLength) * layout.keyValueWidth * 4;
}
