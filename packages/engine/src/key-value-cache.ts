import type { HeadMemory } from './forward-layer.js';
import type { SequenceRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8 } from './parameter-layout.js';

/**
 * Keys and values of many sequences. Per layer, slot and key-value head: keys in panels of 8 positions, which is what
 * the attention kernel reads, and values [contextLength, headSize]. Both are read front to back: with many slots this
 * is far larger than the processor's caches, and decoding runs at the speed of memory.
 */
export class KeyValueCache {
  private readonly block: Address;
  private readonly slotBytes: number;

  constructor(
    private readonly model: ModelMemory,
    private readonly slots: number,
  ) {
    const { config, heap, layout } = model;
    this.slotBytes = roundUpTo8(config.contextLength) * layout.keyValueWidth * 4;
    const bytes = 2 * config.layerCount * slots * this.slotBytes;
    this.block = heap.allocate(bytes, `a decoder of ${slots} slots`);
    // Zeros, because a panel is read to its end: what lies beyond the last key is masked but must be finite.
    heap.floats(this.block, bytes / 4).fill(0);
  }

  /** Appends rows of one head's new keys and values, `stride` bytes apart, at the sequence's position. */
  append(
    layer: number,
    slot: number,
    head: number,
    { position, rows }: Pick<SequenceRows, 'position' | 'rows'>,
    keys: Address,
    values: Address,
    stride: number,
  ): HeadMemory {
    const { kernels, config, layout } = this.model;
    const { headSize } = layout;
    const headBytes = headSize * 4;
    const headOffset = (head * this.slotBytes) / config.keyValueHeadCount;
    const keyPanels = this.block + (layer * this.slots + slot) * 2 * this.slotBytes + headOffset;
    const cached = keyPanels + this.slotBytes;
    kernels.packKeys(keys, stride, keyPanels, position, rows, headSize);
    kernels.copyRows(values, stride, cached + position * headBytes, headBytes, rows, headSize);
    return { keyPanels, values: cached, valueStride: headBytes };
  }

  free(): void {
    this.model.heap.free(this.block);
  }
}
