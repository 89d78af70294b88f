import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from './heap.js';
import { loadKernels } from './load-kernels.js';

function heapOf(pages: number): Heap {
  return new Heap(loadKernels(pages).memory, 1000, pages * 65_536);
}

test('blocks never overlap and freed memory is used again', () => {
  // A block of so many bytes, or one of those there are given back; some sizes recur, so that a hole is filled exactly.
  const bytes = fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.constantFrom(64, 640, 6400));
  const victims = fc.nat(4).map((index) => -1 - index);
  const limit = 32 * 65_536;
  let reused = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, victims), { minLength: 20, maxLength: 60 }), (steps) => {
      const heap = heapOf(32);
      const blocks: { start: number; bytes: number }[] = [];
      for (const step of steps) {
        const victim = blocks[-step - 1];
        if (step > 0) {
          const peak = heap.peakBytes;
          const start = heap.allocate(step, 'a block');
          expect(start % 16).toBe(0);
          expect(blocks.every((other) => start >= other.start + other.bytes || start + step <= other.start)).toBe(true);
          if (start < peak) reused++;
          heap.floats(start, Math.floor(step / 4)).fill(1);
          blocks.push({ start, bytes: step });
        } else if (victim) {
          heap.free(victim.start);
          blocks.splice(blocks.indexOf(victim), 1);
        }
      }
      // What is not in use lies in holes or beyond the end: the largest piece is what can be had.
      const sorted = [...blocks].sort((a, b) => a.start - b.start);
      const ends = [1024, ...sorted.map(({ start, bytes }) => start + Math.ceil(bytes / 64) * 64)];
      const gaps = [...sorted.map(({ start }) => start), limit].map((start, index) => start - (ends[index] ?? NaN));
      expect(heap.available()).toBe(Math.max(...gaps));
      for (const { start } of blocks) heap.free(start);
      expect(heap.available()).toBe(limit - 1024);
    }),
    { seed: 15 },
  );
  expect(reused).toBeGreaterThan(50);
});

test('what does not fit is refused with what was asked and what is left', () => {
  const heap = heapOf(16);
  heap.allocate(500_000, 'something');
  expect(() => heap.allocate(600_000, 'a batch of 9 tokens')).toThrow(
    "a batch of 9 tokens needs 0.6 MB, but the engine's memory limit of 1.0 MB leaves 0.5 MB",
  );
  expect(() => heap.free(5)).toThrow('no block of memory starts at 5');
});
