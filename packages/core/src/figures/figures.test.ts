import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compositionFigure, intervalFigure, lineFigure } from './index.js';
import { linearScale, niceTicks } from './scale.js';
import { seriesStyle } from './series-style.js';

describe('scales', () => {
  it('ticks at round numbers around the data', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0.03, 0.97)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(-0.07, 0.02)).toEqual([-0.08, -0.06, -0.04, -0.02, 0, 0.02]);
    expect(niceTicks(5, 5)).toEqual([5]);
  });

  it('holds every value between its ends', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const scale = linearScale(low, high, 0, 100);
        for (const value of [low, high, (low + high) / 2, ...scale.ticks]) {
          expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-6);
          expect(scale.at(value)).toBeLessThanOrEqual(100 + 1e-6);
        }
        expect(scale.ticks.length).toBeLessThan(12);
      }),
      { seed: 44 },
    );
  });
});

describe('figures', () => {
  it('tells series apart without colour', () => {
    const drawn = Array.from({ length: 24 }, (_, index) => {
      const { dash, marker } = seriesStyle(index);
      return `${dash}|${marker}`;
    });
    expect(new Set(drawn).size).toBe(24);
  });

  it('leaves gaps for what is not finite, and draws nothing where there is nothing', () => {
    const line = {
      name: 'a<b',
      x: [0, 1, 2],
      y: [0.1, Number.NaN, 0.3],
      low: [0, Number.NaN, 0.2],
      high: [0.2, 1, 0.4],
    };
    const svg = lineFigure({ title: 't', xLabel: 'x', yLabel: 'y', lines: [line], percent: true });
    expect(svg).toContain('a&lt;b');
    expect(svg).not.toContain('NaN');
    for (const empty of [
      lineFigure({ title: 't', xLabel: 'x', yLabel: 'y', lines: [] }),
      lineFigure({ title: 't', xLabel: 'x', yLabel: 'y', lines: [{ name: 'a', x: [], y: [] }] }),
      intervalFigure({ title: 't', xLabel: 'x', rows: [] }),
      intervalFigure({ title: 't', xLabel: 'x', rows: [{ name: 'a', value: Number.NaN }] }),
      compositionFigure([], 'h'),
      compositionFigure([{ name: 'a', steps: [], allWrong: [], mixed: [], allCorrect: [] }], 'h'),
    ]) {
      expect(empty).toMatch(/^<svg /);
      expect(empty).not.toMatch(/NaN|Infinity/);
    }
  });
});
