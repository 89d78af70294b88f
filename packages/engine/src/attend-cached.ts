import type { LayerActivations } from './activations.js';
import { attendSequence, rotate } from './attend.js';
import type { Attend } from './forward-layer.js';
import type { KeyValueCache } from './key-value-cache.js';
import type { LayerRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';

/** Numbers (int32) that describe a sequence to the kernel `attentionCached`. */
export const ITEM_INTEGERS = 4;

/**
 * Attention over what is cached of the sequences in `slots`. Those that grow by one token, all of them in the common
 * case, are ONE call into the kernels a layer: with 64 sequences the calls for each would cost as much as what they do.
 *
 * @param records room for ITEM_INTEGERS times the number of sequences
 */
export function withCache(
  model: ModelMemory,
  cache: KeyValueCache,
  slots: readonly number[],
  scratch: Address,
  records: Address,
): Attend {
  return (layer, layerRows, buffers) => {
    const grownByOne = recordItems(model, cache, slots, layer, layerRows, records);
    attendGrownByOne(model, cache, grownByOne, buffers, scratch, records);
    layerRows.sequences.forEach((sequence, index) => {
      if (sequence.rows === 1) return;
      const slot = slots[index] ?? NaN;
      rotate(model, sequence, buffers);
      const keyValues = buffers.keyValues + sequence.row * 2 * model.layout.keyValueWidth * 4;
      cache.append(layer, slot, sequence, keyValues);
      attendSequence(model, sequence, buffers, scratch, (head) => cache.head(layer, slot, head));
    });
  };
}

/** Writes what `attentionCached` reads of each sequence with one new row, and returns how many those are. */
function recordItems(
  { heap }: ModelMemory,
  cache: KeyValueCache,
  slots: readonly number[],
  layer: number,
  { sequences }: LayerRows,
  records: Address,
): number {
  const integers = heap.integers(records, ITEM_INTEGERS * sequences.length);
  let count = 0;
  sequences.forEach(({ row, position, rows, queries }, index) => {
    if (rows > 1) return;
    const at = ITEM_INTEGERS * count++;
    integers[at] = row;
    integers[at + 1] = queries[0]?.row ?? NaN;
    integers[at + 2] = position;
    integers[at + 3] = cache.place(layer, slots[index] ?? NaN);
  });
  return count;
}

function attendGrownByOne(
  { kernels, config, layout, cosines, sines }: ModelMemory,
  cache: KeyValueCache,
  count: number,
  { queries, keyValues, attended }: LayerActivations,
  scratch: Address,
  records: Address,
): void {
  const { headCount, keyValueHeadCount } = config;
  const { headSize } = layout;
  kernels.attentionCached(
    records,
    count,
    queries,
    keyValues,
    attended,
    cache.valuesOffset,
    headCount,
    keyValueHeadCount,
    headSize,
    cosines,
    sines,
    1 / Math.sqrt(headSize),
    scratch,
  );
}
