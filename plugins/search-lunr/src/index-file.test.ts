import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildIndex } from './build-index.js';
import { generatedCorpus } from './generated-corpus.fixture.js';
import { decodeIndex, encodeIndex } from './index-file.js';

const weighting = { titleBoost: 1, k1: 1.2, b: 0.75 };
const passages = [
  { id: 'a', title: 'Timber Falls', text: 'A film by Tony Giglio.' },
  { id: 'b', title: 'Tony Giglio', text: 'Born in 東京.' },
];

describe('the index file', () => {
  it('gives back what was written, wide weights included', () => {
    fc.assert(
      fc.property(generatedCorpus, fc.constantFrom(1, 80), (corpus, titleBoost) => {
        const index = buildIndex(corpus, { ...weighting, titleBoost });
        expect(decodeIndex(encodeIndex(index, 'key'), 'key')).toEqual(index);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a block in which any single byte differs', () => {
    const block = encodeIndex(buildIndex(passages, weighting), 'key');
    for (let place = 0; place < block.length; place++) {
      const damaged = block.slice();
      damaged[place] = (damaged[place] as number) ^ 0x41;
      expect(typeof decodeIndex(damaged, 'key')).toBe('string');
    }
  });

  it('refuses a block that is cut short anywhere, empty or another key', () => {
    const block = encodeIndex(buildIndex(passages, weighting), 'key');
    for (let length = 0; length < block.length; length += 7) {
      expect(typeof decodeIndex(block.slice(0, length), 'key')).toBe('string');
    }
    expect(decodeIndex(block, 'other')).toBe('made for another corpus, options or version');
  });

  it('refuses numbers that point outside the index although the checksum is right', () => {
    const index = buildIndex(passages, weighting);
    const astray = { ...index, passages: index.passages.map(() => 99) };
    expect(decodeIndex(encodeIndex(astray, 'key'), 'key')).toBe('its parts do not fit together');
    const unsorted = { ...index, offsets: index.offsets.slice().reverse() };
    expect(decodeIndex(encodeIndex(unsorted, 'key'), 'key')).toBe('its parts do not fit together');
  });
});
