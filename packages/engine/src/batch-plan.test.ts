import { describe, expect, test } from '@jest/globals';
import { CHUNK_ROWS, planChunks, validateBatch } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { randomBatch, smallConfig, uniforms } from './testing/small-models.js';

const config = smallConfig({ contextLength: 400 });
const batchOf = (lengths: readonly number[], seed = 1): PackedBatch => randomBatch(config, lengths, seed);
const lengthsOf = (batch: PackedBatch): number[] =>
  planChunks(batch).map(({ firstSequence, lastSequence }) => lastSequence - firstSequence);

describe('chunks of a batch', () => {
  test('are whole sequences, as many as fit, and a long one is alone', () => {
    expect(lengthsOf(batchOf([100, 100, 56, 1]))).toEqual([3, 1]);
    expect(lengthsOf(batchOf([100, 100, 57, 1]))).toEqual([2, 2]);
    expect(lengthsOf(batchOf([CHUNK_ROWS, CHUNK_ROWS]))).toEqual([1, 1]);
    expect(lengthsOf(batchOf([400, 3, 3, 300, 2]))).toEqual([1, 2, 1, 1]);
    expect(lengthsOf(batchOf([]))).toEqual([]);
  });

  test('hold every row and every scored position once', () => {
    for (let seed = 0; seed < 30; seed++) {
      const uniform = uniforms(seed);
      const lengths = Array.from({ length: 1 + Math.floor(uniform() * 12) }, () => 1 + Math.floor(uniform() * 180));
      const batch = batchOf(lengths, seed);
      let [row, sequence, scored] = [0, 0, 0];
      for (const chunk of planChunks(batch)) {
        const own = lengths.slice(chunk.firstSequence, chunk.lastSequence);
        const rows = own.reduce((sum, length) => sum + length, 0);
        const positions = batch.scored.filter((position) => position >= row && position < row + rows);
        expect(chunk).toEqual({
          firstSequence: sequence,
          lastSequence: sequence + own.length,
          firstRow: row,
          rows,
          firstScored: scored,
          scored: positions.length,
          longest: Math.max(...own),
        });
        expect(own.length === 1 || rows <= CHUNK_ROWS).toBe(true);
        // One more would not have fitted.
        const next = lengths[chunk.lastSequence];
        if (next !== undefined) expect(rows + next).toBeGreaterThan(CHUNK_ROWS);
        row += rows;
        sequence += own.length;
        scored += positions.length;
      }
      expect([row, sequence, scored]).toEqual([batch.tokens.length, lengths.length, batch.scored.length]);
    }
  });
});

describe('a batch', () => {
  const packed = (offsets: number[], scored: number[]): PackedBatch => ({
    tokens: new Int32Array(offsets.at(-1) ?? 0),
    offsets: Int32Array.from(offsets),
    scored: Int32Array.from(scored),
  });

  test('may score every token but the first of each sequence', () => {
    expect(() => validateBatch(packed([0, 3, 4, 6], [1, 2, 5]), config)).not.toThrow();
    expect(() => validateBatch(packed([0, 400], [399]), config)).not.toThrow();
  });

  test.each([
    ['a position scored twice', packed([0, 5], [2, 2]), 'strictly ascending and below 5, got 2 at index 1'],
    ['positions in another order', packed([0, 5], [3, 2]), 'strictly ascending and below 5, got 2 at index 1'],
    ['a negative position', packed([0, 5], [-1]), 'strictly ascending and below 5, got -1 at index 0'],
    ['a position at the end', packed([0, 5], [1, 5]), 'strictly ascending and below 5, got 5 at index 1'],
    ['a first token', packed([0, 3, 5], [2, 3]), 'scored position 3 is the first of sequence 1'],
    ['the very first token', packed([0, 3], [0]), 'scored position 0 is the first of sequence 0'],
    ['a sequence beyond the context', packed([0, 2, 403], []), 'sequence 1 has 401 tokens'],
    ['offsets that do not start at 0', packed([1, 3], []), 'offsets must start at 0'],
    ['offsets that go back', packed([0, 4, 3, 5], []), 'strictly ascending, got 4, 3'],
  ])('with %s is refused', (_, batch, message) => {
    expect(() => validateBatch(batch, config)).toThrow(message);
  });

  test('with many wrong offsets is refused with the ends of them', () => {
    const batch = { ...packed([0, 1, 2, 3, 4, 5, 9], []), tokens: new Int32Array(7) };
    expect(() => validateBatch(batch, config)).toThrow('the number of tokens, 7; got [0, 1, 2, ..., 9]');
    expect(() => validateBatch({ ...batch, offsets: Int32Array.of(0, 1, 2, 3, 4, 9) }, config)).toThrow(
      'got [0, 1, 2, 3, 4, 9]',
    );
  });
});
