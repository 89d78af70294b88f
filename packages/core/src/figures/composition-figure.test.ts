import { describe, expect, it } from '@jest/globals';
import { compositionFigure } from './composition-figure.js';
import { attributesOf, elementsOf, textsOf } from './svg-elements.fixture.js';

const panel = { name: 'alpha', steps: [0, 10], allWrong: [0.6, 0.2], mixed: [0.3, 0.5], allCorrect: [0.1, 0.3] };

describe('compositionFigure', () => {
  it('stacks all-wrong, mixed and all-correct to the whole', () => {
    const svg = compositionFigure([panel], 'mine');
    expect(elementsOf(svg, 'polygon').map(({ points, fill }) => `${fill}: ${points}`)).toEqual([
      '#4d4d4d: 56.0,108.0 222.0,168.0 222.0,198.0 56.0,198.0',
      'url(#mine): 56.0,63.0 222.0,93.0 222.0,168.0 56.0,108.0',
      '#f0f0f0: 56.0,48.0 222.0,48.0 222.0,93.0 56.0,63.0',
    ]);
    expect(elementsOf(svg, 'pattern')).toMatchObject([{ id: 'mine' }]);
    expect(svg).toContain('width="370" height="264"');
    expect(svg).toContain('<desc>alpha: all-wrong from 60% to 20%.</desc>');
  });

  it('has axes, and a legend in the order of the areas', () => {
    const svg = compositionFigure([panel], 'mine');
    expect(textsOf(svg)).toEqual([
      'Composition of training groups 14.0 16.0',
      'alpha 139.0 42.0',
      ...['0 50.0 201.5', '20 50.0 171.5', '40 50.0 141.5', '60 50.0 111.5', '80 50.0 81.5', '100 50.0 51.5'],
      'groups (%) 18.0 123.0',
      ...['0 56.0 214.0', '2 89.2 214.0', '4 122.4 214.0', '6 155.6 214.0', '8 188.8 214.0', '10 222.0 214.0'],
      'training step 139.0 231.0',
      ...['all-wrong 73.0 255.0', 'mixed 173.0 255.0', 'all-correct 273.0 255.0'],
    ]);
    expect(elementsOf(svg, 'rect').slice(-3)).toMatchObject([
      { x: '56', y: '246', fill: '#4d4d4d' },
      { x: '156', y: '246', fill: 'url(#mine)' },
      { x: '256', y: '246', fill: '#f0f0f0' },
    ]);
  });

  it('goes from the first step to the last, wherever they are', () => {
    const later = { ...panel, steps: [4, 7, 13], allWrong: [0.6, 0.4, 0.2], mixed: [0.3, 0.4, 0.5] };
    const svg = compositionFigure([later], 'h');
    expect(attributesOf(svg, 'polygon', 'points')[0]).toBe(
      '56.0,108.0 111.3,138.0 222.0,168.0 222.0,198.0 111.3,198.0 56.0,198.0',
    );
    expect(svg).toContain('<desc>alpha: all-wrong from 60% to 20%.</desc>');
  });

  it('says of a strategy that recorded nothing that it has no values', () => {
    const nothing = { name: 'bravo', steps: [], allWrong: [], mixed: [], allCorrect: [] };
    expect(compositionFigure([panel, nothing], 'h')).toContain(
      '<desc>alpha: all-wrong from 60% to 20%; bravo has no values.</desc>',
    );
  });

  it('has three panels in a row, shares written at the first', () => {
    const names = ['one', 'two', 'three', 'four'];
    const svg = compositionFigure(
      names.map((name) => ({ ...panel, name })),
      'h',
    );
    expect(textsOf(svg).filter((text) => names.includes(text.split(' ')[0] ?? ''))).toEqual([
      'one 139.0 42.0',
      'two 329.0 42.0',
      'three 519.0 42.0',
      'four 139.0 254.0',
    ]);
    expect(svg).toContain('width="638" height="476"');
    expect(attributesOf(svg, 'polygon', 'points').filter((_, at) => at % 3 === 0)).toEqual([
      '56.0,108.0 222.0,168.0 222.0,198.0 56.0,198.0',
      '246.0,108.0 412.0,168.0 412.0,198.0 246.0,198.0',
      '436.0,108.0 602.0,168.0 602.0,198.0 436.0,198.0',
      '56.0,320.0 222.0,380.0 222.0,410.0 56.0,410.0',
    ]);
    const shares = elementsOf(svg, 'text').filter((text) => text['text-anchor'] === 'end');
    expect(shares.filter(({ text }) => text !== '').map(({ x }) => x)).toEqual(Array(12).fill('50.0'));
    expect(textsOf(svg).filter((text) => text.startsWith('groups (%)'))).toEqual([
      'groups (%) 18.0 123.0',
      'groups (%) 18.0 335.0',
    ]);
    expect(compositionFigure([panel, panel], 'h')).toContain('width="448" height="264"');
  });
});
