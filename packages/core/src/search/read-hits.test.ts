import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readHits } from './read-hits.js';

const contents = '"Velkar"\nIt was written by Tinvek.';
const document = { id: 'p1', title: 'Velkar', text: 'It was written by Tinvek.' };

describe('readHits', () => {
  it.each<[string, unknown]>([
    ['a document and its score', { document, score: 2 }],
    ['a document and a score in it', { ...document, score: 2 }],
    ['a pair', [document, 2]],
    ['contents with the title on their first line', [{ _id: 'p1', contents }, 2]],
    ['contents under another name', { document: { docid: 'p1', content: contents }, score: 2 }],
    ['an id by another name', [{ doc_id: 'p1', title: document.title, text: document.text }, 2]],
  ])('reads %s', (_, item) => {
    expect(readHits([item])).toEqual([{ ...document, score: 2 }]);
  });

  it('makes an id of title and text where there is none: what says the same is the same', () => {
    const id = createHash('sha256').update('Velkar\nIt was written by Tinvek.').digest('hex').slice(0, 16);
    for (const item of [
      contents,
      { document: contents },
      { title: document.title, text: document.text },
      { id: {}, ...{ contents } },
    ]) {
      expect(readHits([item])).toEqual([{ ...document, id, score: 1 }]);
    }
    expect(readHits([{ id: 7, text: 'x' }])).toMatchObject([{ id: '7', title: '' }]);
  });

  it('takes scores from beside the list, and falling ones where there are none', () => {
    const scores = (list: readonly unknown[], beside?: readonly unknown[]): number[] =>
      readHits(list, beside).map(({ score }) => score);
    expect(scores([document, document], [3, 1])).toEqual([3, 1]);
    expect(scores([{ ...document, score: 9 }, document], [3, 1])).toEqual([9, 1]);
    expect(scores([document, { ...document, score: Number.NaN }, [document, 'high']])).toEqual([1, 1 / 2, 1 / 3]);
  });

  it.each([null, 5, [[document]], undefined])('names the hit that is none: %j', (item) => {
    expect(() => readHits([document, item])).toThrow(/^hit 2 is .* and not a document$/);
  });
});
