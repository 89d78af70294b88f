import { readHits, type SearchHit } from '@turnwise/core';

/**
 * One list of hits a query out of a reply: `{"result": [[...], [...]]}`, the bare lists, or, for a single query, one
 * flat list. ReCall's pair of documents and scores `[[...], [...]]` is told apart by its numbers. Throws a `TypeError`
 * that says what is wrong; a reply with another number of lists than queries is wrong, as nobody knows whose they are.
 */
export function readReply(reply: unknown, queries: number): SearchHit[][] {
  const lists = listsOf(reply);
  const paired = documentsAndScores(lists);
  if (paired !== null) {
    const { documents, scores } = paired;
    if (documents.every((list) => Array.isArray(list))) {
      assertCount(documents.length, queries);
      return documents.map((list, place) => readHits(list, arrayOr(scores[place])));
    }
    assertCount(1, queries);
    return [readHits(documents, scores)];
  }
  if (queries === 1 && lists.every(isHit)) return [readHits(lists)];
  assertCount(lists.length, queries);
  return lists.map((list, place) => {
    if (!Array.isArray(list)) throw new TypeError(`the result of query ${place + 1} is not a list`);
    return readHits(list);
  });
}

function listsOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  if (typeof reply === 'object' && reply !== null) {
    for (const name of ['result', 'results', 'documents', 'data']) {
      const value = (reply as Record<string, unknown>)[name];
      if (Array.isArray(value)) return value;
    }
  }
  throw new TypeError('the reply holds no list of results');
}

/** ReCall with scores: two lists, the second of numbers or of lists of numbers. */
function documentsAndScores(
  lists: readonly unknown[],
): { documents: readonly unknown[]; scores: readonly unknown[] } | null {
  const [documents, scores] = lists;
  if (lists.length !== 2 || !Array.isArray(documents) || !Array.isArray(scores) || scores.length === 0) return null;
  if (documents.length !== scores.length || typeof documents[0] === 'number') return null;
  const numeric = (value: unknown): boolean => typeof value === 'number';
  const flat = scores.every(numeric);
  const nested = scores.every((list) => Array.isArray(list) && list.every(numeric));
  return flat || (nested && scores.some((list) => (list as unknown[]).length > 0)) ? { documents, scores } : null;
}

/** Not a list of hits: a document, a text, or a pair of document and score. */
function isHit(item: unknown): boolean {
  return !Array.isArray(item) || (item.length === 2 && typeof item[1] === 'number');
}

function assertCount(lists: number, queries: number): void {
  if (lists !== queries) throw new TypeError(`the reply holds ${lists} lists for ${queries} queries`);
}

function arrayOr(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
