import type { Passage } from '@turnwise/core';
import type { PassageLinks } from './compiled-index.js';
import { GrowingArray } from './growing-array.js';
import { passageTerms } from './terms.js';
import type { TitleFinder } from './title-phrases.js';

/** A title more passages than this share names a long article cut to pieces: no single one is meant. */
const maxShared = 8;

/** For each passage the others whose title of two or more words stands in its text, as links in an encyclopedia. */
export function passageLinks(
  passages: readonly Passage[],
  rowOf: ReadonlyMap<string, number>,
  finder: TitleFinder,
): PassageLinks {
  const offsets = new Uint32Array(passages.length + 1);
  const targets = new GrowingArray();
  passages.forEach(({ text }, position) => {
    const named = new Set<number>();
    for (const match of finder.find(passageTerms(text).map((term) => rowOf.get(term) ?? -1))) {
      if (match.length < 2 || match.passages.length > maxShared) continue;
      for (const target of match.passages) if (target !== position) named.add(target);
    }
    for (const target of named) targets.push(target);
    offsets[position + 1] = targets.length;
  });
  return { offsets, targets: targets.take() };
}
