import type { Passage } from '@turnwise/core';
import { lunrPostings } from './compile-lunr.js';
import type { CompiledIndex } from './compiled-index.js';
import { directPostings } from './direct-postings.js';
import type { Weighting } from './lunr-index.js';
import { passageLinks } from './passage-links.js';
import { TitleFinder, titlePhrases } from './title-phrases.js';

/** Up to this many passages lunr itself indexes: half a gigabyte of heap and some 6 seconds at most. */
const maxPassagesForLunr = 20_000;

/** Builds the index of a corpus, on this thread. */
export function buildIndex(passages: readonly Passage[], weighting: Weighting): CompiledIndex {
  const makePostings = passages.length <= maxPassagesForLunr ? lunrPostings : directPostings;
  const postings = makePostings(passages, weighting);
  const rowOf = new Map(postings.terms.map((term, row) => [term, row]));
  const titles = titlePhrases(passages, rowOf);
  return { ...postings, titles, links: passageLinks(passages, rowOf, new TitleFinder(titles, postings.terms.length)) };
}
