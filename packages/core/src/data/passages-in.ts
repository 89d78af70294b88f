import { createHash } from 'node:crypto';
import type { ObservedHit } from '../contract/index.js';

/** How Search-R1 begins a passage: `Doc 1(Title: "Fidelio") `. */
const heading = /Doc \d+ ?\(Title: ("[^"\n]*"|[^\n]*?)\) ?/g;

/**
 * The passages of search results written as Search-R1 does; all of the text as one passage when it has no such
 * headings. Transcripts hold no ids: a passage is named by its title and a digest of its text, so that the same passage
 * has the same id wherever it is found.
 */
export function passagesIn(results: string): ObservedHit[] {
  const headings = [...results.matchAll(heading)];
  if (headings.length === 0) return [passage('', results)];
  return headings.map((match, index) => {
    const end = headings[index + 1]?.index ?? results.length;
    const title = (match[1] ?? '').replace(/^"|"$/g, '');
    return passage(title, results.slice(match.index + match[0].length, end).trim());
  });
}

function passage(title: string, text: string): ObservedHit {
  return { id: passageId(title, text), title, text, score: 0 };
}

/** The id of a passage that has none of its own: its title and a digest of title and text. */
export function passageId(title: string, text: string): string {
  const digest = createHash('sha256').update(`${title}\n${text}`).digest('hex').slice(0, 8);
  return title === '' ? digest : `${title}#${digest}`;
}
