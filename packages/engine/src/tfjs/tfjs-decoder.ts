import { DecoderSlots, roomForLogits, type DecoderSlot } from '../decoder-slots.js';
import type { Decoder, DecoderItem } from '../engine.js';
import type { TransformerConfig } from '../transformer-config.js';
import type { Tensor4D, TensorFlow } from './tensorflow.js';
import { hidden, type CachedLayer, type TfjsTransformer, type TokenGrid } from './transformer.js';

/** Keys and values of sequences that were last computed together: a row of each tensor a sequence. */
interface Block {
  readonly layers: readonly CachedLayer[];
  readonly columns: number;
  readonly rows: number;
  /** Slots that still refer to a row; the tensors go with the last. */
  references: number;
}

interface Slot extends DecoderSlot {
  /** Where its keys are: none before its first token. */
  place: { readonly block: Block; readonly row: number } | null;
  /** Which column of the block each token's keys are in; columns between are padding. */
  columns: number[];
}

/**
 * Decoding on TensorFlow.js. Tensors cannot be written to, so the cache grows by concatenation: sequences computed
 * together share a block, a token's keys stand in some column of it, and what a sequence does not own is masked. As long
 * as the same sequences are extended together, a step moves no key but to make room for the next.
 */
export class TfjsDecoder implements Decoder {
  private readonly states: DecoderSlots<Slot>;

  constructor(
    private readonly tf: TensorFlow,
    private readonly config: TransformerConfig,
    private readonly model: TfjsTransformer,
    readonly slots: number,
    private readonly currentVersion: () => number,
  ) {
    const emptySlot = (): Slot => ({ tokens: [], version: 0, place: null, columns: [] });
    this.states = new DecoderSlots(slots, emptySlot, config, currentVersion);
  }

  extend(items: readonly DecoderItem[], into?: Float32Array): Float32Array {
    this.states.checkExtension(items);
    const { vocabularySize } = this.config;
    const logits = roomForLogits(items.length * vocabularySize, into);
    // Prompts apart from single tokens: padded to one width, a prompt would give every sequence a column for each of
    // its tokens.
    for (const chosen of [(count: number) => count === 1, (count: number) => count > 1]) {
      const places = items.flatMap(({ tokens }, place) => (chosen(tokens.length) ? [place] : []));
      if (places.length === 0) continue;
      const rows = this.extendTogether(places.map((place) => items[place] as DecoderItem));
      places.forEach((place, row) => {
        logits.set(rows.subarray(row * vocabularySize, (row + 1) * vocabularySize), place * vocabularySize);
      });
    }
    return logits;
  }

  length(slot: number): number {
    return this.states.at(slot).tokens.length;
  }

  truncate(slot: number, length: number): void {
    const state = this.states.truncate(slot, length);
    state.columns.length = length;
    if (length === 0) this.leave(state);
  }

  copyPrefix(from: number, to: number, length: number): void {
    const { source, target } = this.states.checkCopy(from, to, length);
    // Both refer to the same row: what the other appends goes to a new block, and columns are masked one by one.
    if (source.place) source.place.block.references++;
    target.place = source.place;
    target.version = source.version;
    target.tokens = source.tokens.slice(0, length);
    target.columns = source.columns.slice(0, length);
  }

  close(): void {
    for (const state of this.states.close()) this.leave(state);
  }

  private extendTogether(items: readonly DecoderItem[]): Float32Array {
    const { tf } = this;
    const states = items.map(({ slot }) => this.states.at(slot));
    const before = this.gathered(states);
    const grid = this.gridOf(items, states, before.columns);
    const layers: CachedLayer[] = [];
    const logits = tf.tidy(() => {
      const hiddenStates = this.model.states(grid, before.layers, (_, { keys, values }) => {
        layers.push({ keys: tf.keep(keys.clone()), values: tf.keep(values.clone()) });
      });
      const last = Int32Array.from(items, ({ tokens }, row) => row * grid.columns + tokens.length - 1);
      return this.model.logits(this.model.rows(hiddenStates, last));
    });
    if (before.owned) for (const { keys, values } of before.layers ?? []) tf.dispose([keys, values]);
    const block: Block = { layers, columns: before.columns + grid.columns, rows: items.length, references: 0 };
    items.forEach(({ tokens }, row) => {
      const state = states[row] as Slot;
      this.leave(state);
      block.references++;
      state.place = { block, row };
      state.version = this.currentVersion();
      tokens.forEach((token, index) => {
        state.tokens.push(token);
        state.columns.push(before.columns + index);
      });
    });
    const values = logits.dataSync() as Float32Array;
    logits.dispose();
    return values;
  }

  /**
   * The caches of these sequences, a row each, in their order. Theirs as they are when they are exactly one block;
   * otherwise rows are gathered from the blocks they are in, padded to one width at the end.
   */
  private gathered(states: readonly Slot[]): { layers: CachedLayer[] | null; columns: number; owned: boolean } {
    const first = states[0]?.place?.block;
    if (
      first?.rows === states.length &&
      states.every(({ place }, row) => place?.block === first && place.row === row)
    ) {
      return { layers: [...first.layers], columns: first.columns, owned: false };
    }
    const columns = Math.max(0, ...states.map(({ place }) => place?.block.columns ?? 0));
    if (columns === 0) return { layers: null, columns: 0, owned: false };
    const layers = Array.from({ length: this.config.layerCount }, (_, layer) => ({
      keys: this.gatherLayer(states, columns, (block) => (block.layers[layer] as CachedLayer).keys),
      values: this.gatherLayer(states, columns, (block) => (block.layers[layer] as CachedLayer).values),
    }));
    return { layers, columns, owned: true };
  }

  private gatherLayer(states: readonly Slot[], columns: number, tensorOf: (block: Block) => Tensor4D): Tensor4D {
    const { tf } = this;
    const { keyValueHeadCount, headSize } = this.config;
    return tf.tidy(() => {
      const parts: Tensor4D[] = [];
      let start = 0;
      while (start < states.length) {
        const block = states[start]?.place?.block;
        let end = start + 1;
        while (end < states.length && states[end]?.place?.block === block) end++;
        if (block === undefined) parts.push(tf.zeros([end - start, keyValueHeadCount, columns, headSize]));
        else {
          const rows = states.slice(start, end).map(({ place }) => place?.row ?? 0);
          const own = tf.gather(tensorOf(block), tf.tensor1d(rows, 'int32'));
          parts.push(
            tf.pad(own, [
              [0, 0],
              [0, 0],
              [0, columns - block.columns],
              [0, 0],
            ]),
          );
        }
        start = end;
      }
      return parts.length === 1 ? (parts[0] as Tensor4D) : tf.concat(parts, 0);
    });
  }

  private gridOf(items: readonly DecoderItem[], states: readonly Slot[], cached: number): TokenGrid {
    const rows = items.length;
    const columns = Math.max(...items.map(({ tokens }) => tokens.length));
    const { shiftTaps } = this.config;
    const tokens = new Int32Array(rows * columns);
    const positions = new Int32Array(rows * columns);
    const earlier = Array.from({ length: shiftTaps }, () => new Int32Array(rows * columns).fill(-1));
    const width = cached + columns;
    const mask = new Float32Array(rows * columns * width).fill(hidden);
    items.forEach((item, row) => {
      const state = states[row] as Slot;
      const known = state.tokens.length;
      const all = [...state.tokens.slice(Math.max(0, known - shiftTaps)), ...item.tokens];
      const history = all.length - item.tokens.length;
      for (let column = 0; column < columns; column++) {
        const cell = row * columns + column;
        const from = cell * width;
        // A padded row must see something to stay a number: itself.
        mask[from + cached + column] = 0;
        if (column >= item.tokens.length) continue;
        tokens[cell] = item.tokens[column] as number;
        positions[cell] = known + column;
        for (let s = 0; s < shiftTaps; s++) {
          const token = all[history + column - s - 1];
          const taps = earlier[s];
          if (token !== undefined && taps) taps[cell] = token;
        }
        for (const place of state.columns) mask[from + place] = 0;
        mask.fill(0, from + cached, from + cached + column + 1);
      }
    });
    return { rows, columns, tokens, positions, earlier, mask: { rows, width, values: mask } };
  }

  private leave(state: Slot): void {
    const block = state.place?.block;
    state.place = null;
    if (block === undefined) return;
    block.references--;
    if (block.references === 0) for (const { keys, values } of block.layers) this.tf.dispose([keys, values]);
  }
}
