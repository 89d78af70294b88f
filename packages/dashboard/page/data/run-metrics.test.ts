import { expect, it } from '@jest/globals';
import { appendColumns } from './run-metrics.js';

const plainly = ({ columns }: ReturnType<typeof appendColumns>) => Object.fromEntries(columns);

it('adds rows to columns, with gaps where a metric is missing or comes later', () => {
  const first = appendColumns({ rows: 0, columns: new Map() }, 0, 2, { step: [0, 1], a: [null, 5] });
  expect(plainly(first)).toEqual({ step: [0, 1], a: [NaN, 5] });
  const second = appendColumns(first, 2, 3, { step: [2], b: [7] });
  expect(plainly(second)).toEqual({ step: [0, 1, 2], a: [NaN, 5, NaN], b: [NaN, NaN, 7] });
  // A run that was taken up again rewrites what came after its checkpoint.
  expect(plainly(appendColumns(second, 0, 1, { step: [0] }))).toEqual({ step: [0] });
});
