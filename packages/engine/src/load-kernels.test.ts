import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from './heap.js';
import { loadKernels } from './load-kernels.js';

const { kernels, memory } = loadKernels(64);
const heap = new Heap(memory, kernels.heapBase(), 64 * 65_536);

test('the exponential is accurate to 2e-7 where it is not 0', () => {
  const count = 4096;
  const logits = heap.allocate(count * 4, 'logits');
  const weights = heap.allocate(count * 4, 'weights');
  const x = heap.floats(logits, count);
  x.forEach((_, i) => (x[i] = -i / 40));
  kernels.softmaxWeights(logits, weights, count, 1);
  const computed = heap.floats(weights, count);
  let worst = 0;
  heap.floats(logits, count).forEach((value, i) => {
    if (value < -60) expect(computed[i]).toBe(0);
    else worst = Math.max(worst, Math.abs((computed[i] ?? NaN) / Math.exp(value) - 1));
  });
  expect(worst).toBeLessThan(2e-7);
  expect(computed[0]).toBe(1);
});

const size = (least: number, most: number) => fc.integer({ min: least, max: most });

test('products equal plain sums in ascending order, to the bit, whatever the number of rows', () => {
  fc.assert(
    fc.property(size(1, 23), size(1, 4), size(1, 70), fc.boolean(), (rows, panels, depth, accumulate) => {
      const columns = panels * 8;
      const [a, w, packed, c] = [rows * depth, columns * depth, columns * depth, rows * columns].map((count) => {
        const address = heap.allocate(count * 4, 'a matrix');
        const values = heap.floats(address, count);
        values.forEach((_, i) => (values[i] = Math.sin(i * 12.9898 + count)));
        return address;
      }) as [number, number, number, number];
      const old = heap.floats(c, rows * columns).slice();
      kernels.packColumns(w, packed, columns, depth);
      kernels.multiply(a, depth * 4, packed, c, columns * 4, rows, columns, depth, accumulate ? 1 : 0);
      const [x, y] = [heap.floats(a, rows * depth), heap.floats(w, columns * depth)];
      const expected = Float32Array.from(old, (before, i) => {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const term = (x[Math.floor(i / columns) * depth + k] ?? NaN) * (y[(i % columns) * depth + k] ?? NaN);
          sum = Math.fround(sum + Math.fround(term));
        }
        return accumulate ? Math.fround(sum + before) : sum;
      });
      expect(heap.floats(c, rows * columns)).toEqual(expected);
      for (const address of [a, w, packed, c]) heap.free(address);
    }),
    { numRuns: 50 },
  );
});

const relaxed = loadKernels(64, 'on');

test('with relaxed SIMD, too, the number of rows does not change a product, and it is one rounding away', () => {
  const own = new Heap(relaxed.memory, relaxed.kernels.heapBase(), 64 * 65_536);
  const [rows, columns, depth] = [23, 24, 70];
  const [a, w, packed, together, alone] = [rows * depth, columns * depth, columns * depth, rows * columns, columns].map(
    (count) => {
      const address = own.allocate(count * 4, 'a matrix');
      own.floats(address, count).forEach((_, i, values) => (values[i] = Math.sin(i * 12.9898 + count)));
      return address;
    },
  ) as [number, number, number, number, number];
  const { kernels: fused } = relaxed;
  fused.packColumns(w, packed, columns, depth);
  fused.multiply(a, depth * 4, packed, together, columns * 4, rows, columns, depth, 0);
  const [x, y, c] = [own.floats(a, rows * depth), own.floats(w, columns * depth), own.floats(together, rows * columns)];
  for (let row = 0; row < rows; row++) {
    fused.multiply(a + row * depth * 4, depth * 4, packed, alone, columns * 4, 1, columns, depth, 0);
    expect(own.floats(alone, columns)).toEqual(c.subarray(row * columns, (row + 1) * columns));
    for (let column = 0; column < columns; column++) {
      let exact = 0;
      for (let k = 0; k < depth; k++) exact += (x[row * depth + k] ?? NaN) * (y[column * depth + k] ?? NaN);
      expect(Math.abs((c[row * columns + column] ?? NaN) - exact)).toBeLessThan(depth * 2 ** -24 * 4);
    }
  }
});

test('scores are read off logits by the same instructions in both modules', () => {
  const sums = [loadKernels(64), relaxed].map(({ kernels: own, memory: ownMemory }) => {
    const ownHeap = new Heap(ownMemory, own.heapBase(), 64 * 65_536);
    const logits = ownHeap.allocate(64 * 4, 'logits');
    ownHeap.floats(logits, 64).forEach((_, i, values) => (values[i] = Math.sin(i) * 9));
    const sum = own.softmaxWeights(logits, logits, 64, 0.7);
    return [sum, ...ownHeap.floats(logits, 64)];
  });
  expect(sums[0]).toEqual(sums[1]);
});

test('relaxed SIMD is used where it is asked for, and only there', () => {
  expect(relaxed.relaxed).toBe(true);
  expect(loadKernels(1, 'off').relaxed).toBe(false);
  expect(loadKernels(1).relaxed).toBe(false);
});
