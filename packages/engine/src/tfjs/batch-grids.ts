import type { PackedBatch } from '../engine.js';
import { hidden, type TokenGrid } from './transformer.js';

/** Sequences of about one length, padded to a rectangle, and which of a batch's scored positions they answer. */
export interface BatchGrid {
  readonly grid: TokenGrid;
  /** Rows of the grid's states that predict a scored token. */
  readonly predicting: Int32Array;
  /** The tokens they predict. */
  readonly targets: Int32Array;
  /** Index of each in `PackedBatch.scored`. */
  readonly places: Int32Array;
}

/** Most cells of a rectangle: bounds what is on the device at once. One longer sequence is a rectangle of its own. */
const mostCells = 8192;

/** Cuts a batch into rectangles. Sequences are taken in the order of their length, so that little is padding. */
export function batchGrids(batch: PackedBatch, shiftTaps: number): BatchGrid[] {
  const lengths = Array.from(
    { length: batch.offsets.length - 1 },
    (_, s) => at(batch.offsets, s + 1) - at(batch.offsets, s),
  );
  const order = lengths.map((_, sequence) => sequence).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const scoredOf = scoredBySequence(batch);
  const grids: BatchGrid[] = [];
  let current: number[] = [];
  for (const sequence of order) {
    // Nothing of a sequence without a scored position is wanted.
    if (scoredOf[sequence]?.length === 0) continue;
    if (current.length > 0 && (current.length + 1) * (lengths[sequence] ?? 0) > mostCells) {
      grids.push(gridOf(batch, current, scoredOf, shiftTaps));
      current = [];
    }
    current.push(sequence);
  }
  if (current.length > 0) grids.push(gridOf(batch, current, scoredOf, shiftTaps));
  return grids;
}

function gridOf(
  { tokens, offsets, scored }: PackedBatch,
  sequences: readonly number[],
  scoredOf: readonly (readonly number[])[],
  shiftTaps: number,
): BatchGrid {
  const rows = sequences.length;
  const columns = Math.max(...sequences.map((sequence) => at(offsets, sequence + 1) - at(offsets, sequence)));
  const ids = new Int32Array(rows * columns);
  const positions = new Int32Array(rows * columns);
  const earlier = Array.from({ length: shiftTaps }, () => new Int32Array(rows * columns).fill(-1));
  const predicting: number[] = [];
  const places: number[] = [];
  sequences.forEach((sequence, row) => {
    const start = at(offsets, sequence);
    ids.set(tokens.subarray(start, at(offsets, sequence + 1)), row * columns);
    for (let column = 0; column < columns; column++) {
      positions[row * columns + column] = column;
      earlier.forEach((taps, s) => {
        if (column > s) taps[row * columns + column] = at(ids, row * columns + column - s - 1);
      });
    }
    for (const place of scoredOf[sequence] ?? []) {
      predicting.push(row * columns + at(scored, place) - start - 1);
      places.push(place);
    }
  });
  const mask = Float32Array.from({ length: columns * columns }, (_, i) =>
    i % columns <= Math.floor(i / columns) ? 0 : hidden,
  );
  return {
    grid: { rows, columns, tokens: ids, earlier, positions, mask: { rows: 1, width: columns, values: mask } },
    predicting: Int32Array.from(predicting),
    targets: Int32Array.from(places, (place) => at(tokens, at(scored, place))),
    places: Int32Array.from(places),
  };
}

/** Indices into `scored` of each sequence. */
function scoredBySequence({ offsets, scored }: PackedBatch): number[][] {
  const lists: number[][] = Array.from({ length: offsets.length - 1 }, () => []);
  let sequence = 0;
  scored.forEach((position, place) => {
    while (at(offsets, sequence + 1) <= position) sequence++;
    lists[sequence]?.push(place);
  });
  return lists;
}

function at(values: Int32Array, index: number): number {
  return values[index] ?? NaN;
}
