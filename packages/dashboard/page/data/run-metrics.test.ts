import { expect, it } from '@jest/globals';
import { appendColumns, noMetrics } from './run-metrics.js';

const plainly = ({ columns }: ReturnType<typeof appendColumns>) => Object.fromEntries(columns);

it('adds rows to columns, with gaps where a metric is missing or comes later', () => {
  const first = appendColumns(noMetrics, { from: 0, rows: 2, columns: { step: [0, 1], a: [null, 5] } });
  expect(plainly(first)).toEqual({ step: [0, 1], a: [NaN, 5] });
  const second = appendColumns(first, { from: 2, rows: 3, names: ['step', 'b', 'c'], columns: { step: [2], b: [7] } });
  expect(plainly(second)).toEqual({ step: [0, 1, 2], a: [NaN, 5, NaN], b: [NaN, NaN, 7] });
  expect([...second.names]).toEqual(['step', 'a', 'b', 'c']);
  // A run that was taken up again rewrites what came after its checkpoint.
  expect(plainly(appendColumns(second, { from: 0, rows: 1, columns: { step: [0] } }))).toEqual({ step: [0] });
});
