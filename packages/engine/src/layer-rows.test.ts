import { expect, test } from '@jest/globals';
import { allRows, selectRows } from './layer-rows.js';
import { uniforms } from './testing/small-models.js';

/** Two sequences: rows 0-4 from position 7 on, rows 5-7 from position 0 on. */
const sequences = [
  { row: 0, position: 7, rows: 5 },
  { row: 5, position: 0, rows: 3 },
];

test('of all rows every one is a query, in one run a sequence', () => {
  expect(allRows(sequences)).toEqual({
    rows: 8,
    queries: 8,
    indices: null,
    sequences: sequences.map((sequence) => ({ ...sequence, queries: [sequence] })),
  });
});

test('rows next to each other in a sequence are one run, those of two sequences are not', () => {
  expect(selectRows(allRows(sequences), Int32Array.of(1, 2, 4, 5, 7), 96)).toEqual({
    rows: 8,
    queries: 5,
    indices: 96,
    sequences: [
      {
        ...sequences[0],
        queries: [
          { row: 0, position: 8, rows: 2 },
          { row: 2, position: 11, rows: 1 },
        ],
      },
      {
        ...sequences[1],
        queries: [
          { row: 3, position: 0, rows: 1 },
          { row: 4, position: 2, rows: 1 },
        ],
      },
    ],
  });
});

test('all rows selected are all rows, which are not gathered', () => {
  const all = allRows(sequences);
  expect(
    selectRows(
      all,
      Int32Array.from({ length: 8 }, (_, i) => i),
      96,
    ),
  ).toBe(all);
});

test('any selection is there, once and in order, each row at its position, in the fewest runs', () => {
  for (let seed = 0; seed < 50; seed++) {
    const uniform = uniforms(seed);
    let rows = 0;
    const own = Array.from({ length: 1 + Math.floor(uniform() * 4) }, () => {
      const sequence = { row: rows, position: Math.floor(uniform() * 9), rows: 1 + Math.floor(uniform() * 6) };
      rows += sequence.rows;
      return sequence;
    });
    const selected = Array.from({ length: rows }, (_, row) => row).filter(() => uniform() < 0.6);
    const found = selectRows(allRows(own), Int32Array.from(selected), 32);
    const places = found.sequences.flatMap(({ queries }, s) =>
      queries.flatMap(({ row, position, rows: count }) =>
        Array.from({ length: count }, (_, i) => ({ s, row: row + i, position: position + i })),
      ),
    );
    const expected = selected.map((row, index) => {
      const s = own.findIndex((sequence) => row >= sequence.row && row < sequence.row + sequence.rows);
      return { s, row: index, position: (own[s]?.position ?? NaN) + row - (own[s]?.row ?? NaN) };
    });
    expect(places).toEqual(expected);
    for (const { queries } of found.sequences) {
      queries.slice(1).forEach(({ position }, i) => {
        const before = queries[i];
        expect(position).toBeGreaterThan((before?.position ?? NaN) + (before?.rows ?? NaN));
      });
    }
  }
});
