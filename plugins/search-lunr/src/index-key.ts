import { createHash } from 'node:crypto';
import lunr from 'lunr';
import type { Passage } from '@turnwise/core';
import { formatVersion } from './index-file.js';
import type { Weighting } from './lunr-index.js';

/** Names an index by all it is made from: titles and texts in order, weighting, versions of lunr and of the format. */
export function indexKey(passages: readonly Passage[], { titleBoost, k1, b }: Weighting): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([formatVersion, lunr.version, titleBoost, k1, b, passages.length]));
  // Lengths stand before the texts, so that no other division into title and text gives the same bytes.
  for (const { title, text } of passages) hash.update(`\n${title.length},${text.length}:${title}${text}`);
  return hash.digest('hex');
}
