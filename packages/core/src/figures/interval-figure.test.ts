import { describe, expect, it } from '@jest/globals';
import { intervalFigure } from './interval-figure.js';
import { attributesOf, elementsOf, textsOf } from './svg-elements.fixture.js';

const labels = { title: 'Scores', xLabel: 'score (%)' };
/** With names of five letters and no notes the axis goes from 56 to 540. */
const rows = [
  { name: 'alpha', value: 0.5, interval: { low: 0.25, high: 0.75 }, values: [0, Number.NaN, 1] },
  { name: 'bravo', value: 0.25 },
];

describe('intervalFigure', () => {
  it('draws each row with its point, interval and single runs', () => {
    const svg = intervalFigure({ ...labels, rows });
    const circles = elementsOf(svg, 'circle').map(({ cx, cy, fill }) => `${cx} ${cy} ${fill}`);
    expect(circles).toEqual(['298.00 41.00 #000000', '56.0 47.0 none', '540.0 47.0 none']);
    expect(elementsOf(svg, 'path')).toMatchObject([{ d: 'M177.0,41H419.0M177.0,37v8M419.0,37v8', stroke: '#000000' }]);
    // The second row's marker is a square around (177, 63).
    expect(elementsOf(svg, 'rect').at(-1)).toMatchObject({ x: '173.60', y: '59.60', width: '6.8', fill: '#0072b2' });
    expect(svg).toContain('height="122" viewBox="0 0 560 122"');
    expect(svg).toContain('<desc>score (%): alpha 50; bravo 25.</desc>');
  });

  it('has ticks in percent, their lines up to the rows, and names before the axis', () => {
    const svg = intervalFigure({ ...labels, rows });
    expect(textsOf(svg)).toEqual([
      'Scores 14.0 16.0',
      ...['0 56.0 94.0', '20 152.8 94.0', '40 249.6 94.0', '60 346.4 94.0', '80 443.2 94.0', '100 540.0 94.0'],
      ...['score (%) 298.0 111.0', 'alpha 46.0 44.5', 'bravo 46.0 66.5'],
    ]);
    expect(elementsOf(svg, 'line')[1]).toMatchObject({
      x1: '152.8',
      x2: '152.8',
      y1: '78',
      y2: '30',
      stroke: '#d9d9d9',
    });
    expect(elementsOf(svg, 'line')).toHaveLength(7);
  });

  it('leaves room for notes, and writes them after the axis', () => {
    const svg = intervalFigure({
      ...labels,
      rows: rows.map((row, index) => (index === 0 ? { ...row, note: '5 of 10' } : row)),
    });
    const right = 560 - 24 - 6.2 * 7;
    expect(elementsOf(svg, 'line').at(-1)?.['x2']).toBe(right.toFixed(1));
    expect(textsOf(svg)).toContain(`5 of 10 ${(right + 10).toFixed(1)} 44.5`);
  });

  it('shows range and reference even where no value is', () => {
    const row = { name: 'alpha', value: 0.5 };
    const svg = intervalFigure({ ...labels, rows: [row], range: [0, 2], reference: -2 });
    // From -2 to 2: the middle is 0.
    expect(elementsOf(svg, 'line').at(-1)).toMatchObject({ x1: '56.0', x2: '56.0', y1: '30', y2: '56' });
    expect(elementsOf(svg, 'circle')[0]?.['cx']).toBe((298 + 484 / 8).toFixed(2));
    expect(
      textsOf(svg)
        .slice(1, -2)
        .map((text) => text.split(' ')[0]),
    ).toEqual(['-200', '-100', '0', '100', '200']);
  });

  it('has room for intervals and single runs that reach further than the values', () => {
    const wide = { name: 'alpha', value: 0.25, interval: { low: 0, high: 1 } };
    expect(elementsOf(intervalFigure({ ...labels, rows: [wide] }), 'circle')[0]?.['cx']).toBe('177.00');
    const run = { name: 'alpha', value: 0.25, values: [0, 1] };
    expect(elementsOf(intervalFigure({ ...labels, rows: [run] }), 'circle')[0]?.['cx']).toBe('177.00');
  });

  it('styles rows by their place, or as they ask', () => {
    const svg = intervalFigure({
      ...labels,
      rows: [0, 1, 2].map((index) => ({ name: 'alpha', value: index, ...(index === 2 ? { style: 0 } : {}) })),
    });
    expect(attributesOf(svg, 'circle', 'fill')).toEqual(['#000000', '#000000']);
    expect(attributesOf(svg, 'circle', 'cx')).toEqual(['56.00', '540.00']);
    expect(elementsOf(svg, 'rect')).toHaveLength(2);
  });

  it('says so where nothing was measured, without marker, interval or note', () => {
    const nothing = { low: Number.NaN, high: Number.NaN };
    const svg = intervalFigure({ ...labels, rows: [{ name: 'alpha', value: Number.NaN, interval: nothing }] });
    expect(textsOf(svg).slice(-2)).toEqual(['alpha 46.0 44.5', 'nothing to measure 60.0 44.5']);
    expect(svg).toContain('<desc>score (%): alpha -.</desc>');
    for (const shape of ['circle', 'path']) expect(elementsOf(svg, shape)).toEqual([]);
    expect(textsOf(svg)).toContain('100 540.0 72.0');
  });

  it('has the same value in all rows in the middle of a whole axis', () => {
    const svg = intervalFigure({ ...labels, rows: [{ name: 'alpha', value: 0.3 }] });
    expect(elementsOf(svg, 'circle')[0]).toMatchObject({ cx: '298.00' });
    expect(elementsOf(svg, 'line').at(-1)).toMatchObject({ x1: '56.0', x2: '540.0' });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['30 298.0 72.0', 'score (%) 298.0 89.0']));
  });
});
