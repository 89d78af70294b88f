import { describe, expect, it } from '@jest/globals';
import { thinColumns } from './thin-columns.js';

describe('the metrics of a report', () => {
  it('are those of the run where there are few', () => {
    const columns = { step: [0, 1, 2], a: [null, 0.123456789, 2] };
    expect(thinColumns({ from: 0, rows: 3, columns }, 3)).toEqual({
      from: 0,
      rows: 3,
      columns: { step: [0, 1, 2], a: [null, 0.123457, 2] },
    });
  });

  it('are means of neighbours where there are many; the measurement before training stays apart', () => {
    const step = Array.from({ length: 10_001 }, (_, index) => index);
    const rare = step.map((index) => (index % 50 === 0 ? index / 10_000 : null));
    const thin = thinColumns({ from: 0, rows: step.length, columns: { step, x: step, rare } }, 1000);
    expect(thin.rows).toBeLessThanOrEqual(1000);
    for (const column of Object.values(thin.columns)) expect(column).toHaveLength(thin.rows);
    expect(thin.columns['step']?.[0]).toBe(0);
    expect(thin.columns['step']?.at(-1)).toBe(10_000);
    expect(thin.columns['x']?.slice(0, 2)).toEqual([0, 6]);
    expect(thin.columns['rare']?.[0]).toBe(0);
    expect(thin.columns['rare']?.filter((value) => value !== null)).toHaveLength(201);
  });

  it.each([2, 3, 7, 1000])('never have more than %i rows', (most) => {
    for (let rows = 0; rows < 60; rows++) {
      const step = Array.from({ length: rows }, (_, index) => index);
      const thin = thinColumns({ from: 0, rows, columns: { step } }, most);
      expect(thin.rows).toBeLessThanOrEqual(most);
      expect(thin.columns['step']?.at(-1)).toBe(rows === 0 ? undefined : rows - 1);
    }
  });
});
