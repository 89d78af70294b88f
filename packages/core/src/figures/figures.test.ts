import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compositionFigure, intervalFigure, lineFigure } from './index.js';
import { linearScale, niceTicks } from './scale.js';
import { figureSvg, inPercent, svgText } from './figure-svg.js';
import { markerAt, seriesStyle } from './series-style.js';

describe('scales', () => {
  it('ticks at round numbers around the data', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0.03, 0.97)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(-0.07, 0.02)).toEqual([-0.08, -0.06, -0.04, -0.02, 0, 0.02]);
    expect(niceTicks(5, 5)).toEqual([5]);
    expect(niceTicks(0, 500, 5)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(niceTicks(0, 30, 10)).toEqual([0, 5, 10, 15, 20, 25, 30]);
    expect(niceTicks(1, 34)).toEqual([0, 10, 20, 30, 40]);
  });

  it('widens its ends to its ticks, unless they are fixed; a single value stands in the middle', () => {
    const wide = linearScale(0.03, 0.97, 10, 20);
    expect([wide.min, wide.max, wide.at(0), wide.at(0.5), wide.at(1)]).toEqual([0, 1, 10, 15, 20]);
    const fixed = linearScale(3, 13, 100, 0, true);
    expect([fixed.ticks, fixed.at(3), fixed.at(4), fixed.at(13)]).toEqual([[4, 6, 8, 10, 12], 100, 90, 0]);
    const single = linearScale(5, 5, 0, 60);
    expect([single.min, single.max, single.from, single.to, single.at(5)]).toEqual([5, 5, 0, 60, 30]);
    expect(linearScale(0, 10, 0, 1, true).ticks).toEqual([0, 2, 4, 6, 8, 10]);
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

  it('centres markers on their points', () => {
    const shape = (index: number) => markerAt(seriesStyle(index), 10, 20, 2);
    expect(shape(0)).toBe('<circle cx="10.00" cy="20.00" r="2" fill="#000000"/>');
    expect(shape(1)).toBe('<rect x="8.00" y="18.00" width="4" height="4" fill="#0072b2"/>');
    expect(shape(2)).toBe('<polygon points="10.00,17.60 12.20,21.80 7.80,21.80" fill="#d55e00"/>');
    expect(shape(3)).toBe('<polygon points="10.00,17.40 12.60,20.00 10.00,22.60 7.40,20.00" fill="#009e73"/>');
    expect(shape(4)).toContain('<path d="M8.00,18.00L12.00,22.00M8.00,22.00L12.00,18.00" stroke="#cc79a7"');
    expect(shape(5)).toContain('<circle cx="10.00" cy="20.00" r="2" fill="#fff" stroke="#e69f00"');
    expect([seriesStyle(8).colour, seriesStyle(8).dash, seriesStyle(8).marker]).toEqual(['#000000', '', 'triangle']);
  });

  it('escapes title, description and texts', () => {
    const svg = figureSvg({ width: 3, height: 4, title: '<b>', description: '"&"' }, ['<g/>']);
    expect(svg.split('\n')).toEqual([
      expect.stringMatching(/^<svg .*width="3" height="4" viewBox="0 0 3 4"/),
      '<title>&lt;b&gt;</title>',
      '<desc>&quot;&amp;&quot;</desc>',
      '<rect width="3" height="4" fill="#ffffff"/>',
      '<g/>',
      '</svg>',
      '',
    ]);
    expect(svgText(1, 2, "a<'")).toBe('<text x="1.0" y="2.0">a&lt;&#39;</text>');
    expect(svgText(1, 2, '', 'id="x"')).toBe('<text x="1.0" y="2.0" id="x"></text>');
  });

  it('writes shares as percentages of one digit at most', () => {
    expect([0.5, 0.12345, -0.0001, 1, Number.NaN].map(inPercent)).toEqual(['50', '12.3', '0', '100', '-']);
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
