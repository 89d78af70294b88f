import { describe, expect, it } from '@jest/globals';
import { lineFigure, type FigureLine } from './line-figure.js';
import { attributesOf, elementsOf, textsOf } from './svg-elements.fixture.js';

const labels = { title: 'Curves', xLabel: 'step', yLabel: 'score (%)' };
/** With names of five letters the plot goes from 56 to 478 and from 276 up to 28. */
const alpha: FigureLine = {
  name: 'alpha',
  ...{ x: [0, 5, 10], y: [0, 0.5, 1], low: [0, 0.4, 0.9], high: [0.1, 0.6, 1] },
};
const bravo: FigureLine = { name: 'bravo', x: [0, 10], y: [1, 0.25] };
const bandsOf = (svg: string) => elementsOf(svg, 'polygon').filter((shape) => shape['fill-opacity'] !== undefined);

describe('lineFigure', () => {
  it('draws values and bands at their places, markers on the values', () => {
    const svg = lineFigure({ ...labels, lines: [alpha, bravo], percent: true });
    expect(attributesOf(svg, 'polyline', 'points')).toEqual([
      '56.0,276.0 267.0,152.0 478.0,28.0',
      '56.0,28.0 478.0,214.0',
    ]);
    expect(attributesOf(svg, 'polyline', 'stroke')).toEqual(['#000000', '#0072b2']);
    expect(attributesOf(svg, 'polyline', 'stroke-dasharray')).toEqual([undefined, '7 3']);
    expect(bandsOf(svg)).toEqual([
      {
        points: '56.0,251.2 267.0,127.2 478.0,28.0 478.0,52.8 267.0,176.8 56.0,276.0',
        ...{ fill: '#000000', 'fill-opacity': '0.13' },
      },
    ]);
    const discs = elementsOf(svg, 'circle').map(({ cx, cy }) => `${cx} ${cy}`);
    expect(discs).toEqual(['56.00 276.00', '267.00 152.00', '478.00 28.00', '501.00 36.00']);
  });

  it('has axes with ticks where their numbers are, and labels in the middle', () => {
    const svg = lineFigure({ ...labels, lines: [alpha, bravo], percent: true });
    expect(textsOf(svg)).toEqual([
      'Curves 56.0 16.0',
      ...['0 50.0 279.5', '20 50.0 229.9', '40 50.0 180.3', '60 50.0 130.7', '80 50.0 81.1', '100 50.0 31.5'],
      'score (%) 18.0 152.0',
      ...['0 56.0 292.0', '2 140.4 292.0', '4 224.8 292.0', '6 309.2 292.0', '8 393.6 292.0', '10 478.0 292.0'],
      'step 267.0 309.0',
      ...['alpha 517.0 39.5', 'bravo 517.0 55.5'],
    ]);
    expect(elementsOf(svg, 'text').find(({ text }) => text === 'score (%)')?.['transform']).toBe(
      'rotate(-90 18.0 152.0)',
    );
    const lines = elementsOf(svg, 'line').map(({ x1, x2, y1, y2, stroke }) => [x1, x2, y1, y2, stroke].join(' '));
    expect(lines.slice(0, 2)).toEqual(['56 478 276.0 276.0 #d9d9d9', '56 478 226.4 226.4 #d9d9d9']);
    expect(lines.slice(6, 8)).toEqual(['56.0 56.0 276 280 #1a1a1a', '140.4 140.4 276 280 #1a1a1a']);
    expect(lines[12]).toBe('56.0 478.0 276 276 #1a1a1a');
  });

  it('names lines beside a piece of each, those that end highest first', () => {
    const svg = lineFigure({ ...labels, lines: [bravo, alpha, { name: 'never', x: [0], y: [Number.NaN] }] });
    expect(textsOf(svg).slice(-3)).toEqual(['alpha 517.0 39.5', 'bravo 517.0 55.5', 'never 517.0 71.5']);
    const pieces = elementsOf(svg, 'line').slice(-3);
    expect(pieces.map(({ x1, x2, y1, y2, stroke }) => [x1, x2, y1, y2, stroke].join(' '))).toEqual([
      '490 512 36 36 #0072b2',
      '490 512 52 52 #000000',
      '490 512 68 68 #d55e00',
    ]);
    expect(pieces.map((piece) => piece['stroke-dasharray'])).toEqual(['7 3', undefined, '2 2.5']);
    const equal = [alpha, { ...alpha, name: 'equal' }];
    expect(textsOf(lineFigure({ ...labels, lines: equal })).slice(-2)).toEqual([
      'alpha 517.0 39.5',
      'equal 517.0 55.5',
    ]);
  });

  it('says in words where lines end, in percent or with four digits', () => {
    const lines = [
      { ...bravo, y: [1, 0.123456, Number.NaN] },
      { name: 'none', x: [], y: [] },
    ];
    expect(lineFigure({ ...labels, lines })).toContain(
      '<desc>score (%): bravo ends at 0.1235; none has no values.</desc>',
    );
    expect(lineFigure({ ...labels, lines, percent: true })).toContain('bravo ends at 12.3;');
  });

  it('leaves gaps in line and band; a point alone is a marker', () => {
    const svg = lineFigure({
      ...labels,
      lines: [
        {
          name: 'alpha',
          x: [0, 1, 2, 3, 4, 5, 10],
          y: [0, 0.5, Number.NaN, 1, Number.NaN, 0.5, 0],
          low: [0, 0.25, 0, Number.NaN, 0, 0.25, 0],
          high: [0, 0.75, Infinity, 1, Number.NaN, 0.75, 0],
        },
      ],
    });
    expect(attributesOf(svg, 'polyline', 'points')).toEqual([
      '56.0,276.0 98.2,152.0',
      '182.6,28.0',
      '267.0,152.0 478.0,276.0',
    ]);
    expect(bandsOf(svg).map(({ points }) => points)).toEqual([
      '56.0,276.0 98.2,90.0 98.2,214.0 56.0,276.0',
      '267.0,90.0 478.0,276.0 478.0,276.0 267.0,214.0',
    ]);
    // Thirty-one values and one alone: every third has a marker, and the one alone.
    const x = Array.from({ length: 33 }, (_, at) => at);
    const many = { name: 'alpha', x, y: x.map((at) => (at === 31 ? Number.NaN : at)) };
    const marked = elementsOf(lineFigure({ ...labels, lines: [many] }), 'circle').slice(0, -1);
    const places = [...x.slice(0, 31).filter((at) => at % 3 === 0), 32];
    expect(marked.map(({ cx }) => cx)).toEqual(places.map((at) => (56 + (at / 32) * 422).toFixed(2)));
  });

  it('sets markers of lines apart from each other, and draws no band with one edge', () => {
    const x = Array.from({ length: 31 }, (_, at) => at);
    const line = { name: 'alpha', x, y: x };
    const svg = lineFigure({ ...labels, lines: [line, line].map((one) => ({ ...one, low: x })) });
    // Squares are drawn from their left edge, 3 before their middle.
    const squares = elementsOf(svg, 'rect').slice(1, -1);
    const places = x.filter((at) => at % 3 === 2);
    expect(squares.map((square) => square['x'])).toEqual(places.map((at) => (56 + (at / 30) * 422 - 3).toFixed(2)));
    expect(bandsOf(svg)).toEqual([]);
    expect(bandsOf(lineFigure({ ...labels, lines: [{ ...line, high: x }] }))).toEqual([]);
  });

  it('draws a level across, and counts it in the range of the axis', () => {
    const level = { value: 2, name: 'goal' };
    const svg = lineFigure({ ...labels, lines: [{ ...alpha, low: [] }], level });
    const y = (276 - 248).toFixed(1);
    expect(elementsOf(svg, 'line').find((line) => line['stroke-dasharray'] === '1 3')).toMatchObject({
      ...{ x1: '56', x2: '478', y1: y, y2: y },
    });
    expect(textsOf(svg)).toContain('goal 476.0 24.0');
    expect(attributesOf(svg, 'polyline', 'points')).toEqual(['56.0,276.0 267.0,214.0 478.0,152.0']);
  });

  it('has the only measurement in the middle of whole axes', () => {
    const svg = lineFigure({ ...labels, lines: [{ name: 'alpha', x: [7], y: [0.25] }] });
    expect(elementsOf(svg, 'circle')[0]).toMatchObject({ cx: '267.00', cy: '152.00' });
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['7 267.0 292.0', 'step 267.0 309.0', '0.25 50.0 155.5', 'score (%) 18.0 152.0']),
    );
    expect(elementsOf(svg, 'line')).toContainEqual(expect.objectContaining({ x1: '56.0', x2: '478.0', y1: '276' }));
  });

  it('leaves room for names, of up to 25 letters', () => {
    const end = (name: string): number =>
      Number(elementsOf(lineFigure({ ...labels, lines: [{ ...bravo, name }] }), 'line')[0]?.['x2']);
    expect(end('ten lette𝒓')).toBeCloseTo(560 - 48 - 6.8 * 10, 9);
    expect(end('x'.repeat(40))).toBe(340);
  });
});
