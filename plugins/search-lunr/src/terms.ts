import lunr from 'lunr';
import { tokenize } from './tokenize.js';

/** Most distinct terms of a query that are looked up; the rest of a longer query is not read. */
export const maxQueryTerms = 64;

/** Most words of a query in which titles are looked for. */
const maxQueryWords = 256;

const cacheLimit = 200_000;
let stems = new Map<string, string>();

/** lunr's Porter stemmer with a memory: a corpus repeats the same words and the stemmer is a row of regular expressions. */
function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stemmed = lunr.stemmer(new lunr.Token(word, {})).toString();
  if (stems.size >= cacheLimit) stems = new Map();
  stems.set(word, stemmed);
  return stemmed;
}

/** Whether lunr's own English list has the word. lunr's filter gives a stop word back as undefined. */
export function isStopWord(word: string): boolean {
  const kept: unknown = lunr.stopWordFilter(word as unknown as lunr.Token);
  return kept === undefined;
}

/**
 * The terms of a passage's field: every word, stemmed, in order. Stop words stay in, so that a query made of nothing
 * else ("The Who") finds something.
 */
export function passageTerms(text: string): string[] {
  return Array.from(tokenize(text), stem);
}

/**
 * The distinct terms to look up for a query, stemmed, in order of appearance, at most `limit`. Stop words are left out
 * unless the query has no other words. Empty when the query holds no letter or digit.
 */
export function queryTerms(query: string, limit: number = maxQueryTerms): string[] {
  const content = new Set<string>();
  const stopWords = new Set<string>();
  for (const word of tokenize(query)) {
    if (content.size >= limit) break;
    if (!isStopWord(word)) content.add(stem(word));
    else if (stopWords.size < limit) stopWords.add(stem(word));
  }
  return [...(content.size > 0 ? content : stopWords)];
}

/** The words of a query, stemmed, in order and with stop words, at most the first 256: where titles are looked for. */
export function queryWords(query: string): string[] {
  const words: string[] = [];
  for (const word of tokenize(query)) {
    if (words.length >= maxQueryWords) break;
    words.push(stem(word));
  }
  return words;
}
