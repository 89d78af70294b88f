import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readResult } from './read-result.js';

const paris = { id: 'p', title: 'Paris', text: 'A city.' };
const text = (value: unknown): object => ({
  type: 'text',
  text: typeof value === 'string' ? value : JSON.stringify(value),
});

describe('readResult', () => {
  it.each([
    ['structured content', { structuredContent: { results: [{ ...paris, score: 2 }] }, content: [text('Doc 1')] }, 2],
    ['JSON in one text', { content: [text([{ document: paris, score: 2 }])] }, 2],
    ['an object with a list in one text', { content: [text({ documents: [paris] })] }, 1],
    ['one JSON document a block', { content: [{ type: 'image', data: '' }, text(paris)] }, 1],
  ])('reads %s', (_name, result, score) => {
    expect(readResult(result)).toEqual([{ ...paris, score }]);
  });

  it('takes each block of plain text for a passage', () => {
    const hits = readResult({ content: [text('first passage\nof two lines'), text('  '), text('second')] });
    expect(hits.map(({ title, text: body, score }) => [title, body, score])).toEqual([
      ['', 'first passage\nof two lines', 1],
      ['', 'second', 1 / 2],
    ]);
  });

  it.each([{}, { content: [] }, { content: 'x' }, { structuredContent: { results: [] } }, { content: [text('[]')] }])(
    'finds nothing in %j',
    (result) => {
      expect(readResult(result)).toEqual([]);
    },
  );

  it('reads or refuses anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (structuredContent, content) => {
        try {
          readResult({ structuredContent, content });
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});
