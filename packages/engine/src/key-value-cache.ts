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

  /** Copies what is held of the first `length` positions of one slot to another. */
  copy(from: number, to: number, length: number): void {
    const { config, heap, layout } = this.model;
    const headFloats = this.slotBytes / 4 / config.keyValueHeadCount;
    // Whole panels: what the last one holds beyond `length` is masked, and overwritten before it is not.
    const [keys, values] = [roundUpTo8(length) * layout.headSize, length * layout.headSize];
    for (let layer = 0; layer < config.layerCount; layer++) {
      const place = (slot: number): Address => this.block + (layer * this.slots + slot) * 2 * this.slotBytes;
      const [source, target] = [from, to].map((slot) => heap.floats(place(slot), this.slotBytes / 2));
      for (let head = 0; head < config.keyValueHeadCount; head++) {
        const panels = head * headFloats;
        const rows = this.slotBytes / 4 + panels;
        target?.set(source?.subarray(panels, panels + keys) ?? [], panels);
        target?.set(source?.subarray(rows, rows + values) ?? [], rows);
      }
    }
  }

  free(): void {
    this.model.heap.free(this.block);
  }
}
