import { createHash } from 'node:crypto';
import type { SearchHit } from '../contract/index.js';
import { splitContents } from '../data/split-contents.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one query's list of hits in any of the forms other systems write: `{document, score}`, a bare document,
 * `[document, score]` or a string of contents. A document has `title` and `text`, or `contents` with the title on its
 * first line. Scores that are missing become falling numbers, as the order is what remains; a missing id is made from
 * title and text. Throws a `TypeError` naming the hit that is none of these.
 */
export function readHits(list: readonly unknown[], scores: readonly unknown[] = []): SearchHit[] {
  return list.map((item, rank) => readHit(item, scores[rank], rank));
}

function readHit(item: unknown, otherScore: unknown, rank: number): SearchHit {
  const [document, score] = Array.isArray(item) ? [item[0] as unknown, item[1] as unknown] : [item, otherScore];
  if (typeof document === 'string') return hit({ contents: document }, score, rank);
  if (!isFields(document)) throw new TypeError(`hit ${rank + 1} is ${JSON.stringify(document)} and not a document`);
  const { document: inner, score: ownScore = score } = document;
  if (typeof inner === 'string') return hit({ contents: inner }, ownScore, rank);
  return hit(isFields(inner) ? inner : document, ownScore, rank);
}

function hit(document: Fields, score: unknown, rank: number): SearchHit {
  const contents = textOf(document['contents']) ?? textOf(document['content']);
  const split = splitContents(contents ?? '');
  const title = textOf(document['title']) ?? split.title;
  const text = textOf(document['text']) ?? split.text;
  return {
    id: idOf(document) ?? digestOf(`${title}\n${text}`),
    title,
    text,
    score: typeof score === 'number' && Number.isFinite(score) ? score : 1 / (rank + 1),
  };
}

/** Online back ends name no passage: one that says the same is the same. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function idOf(document: Fields): string | null {
  const id = document['id'] ?? document['_id'] ?? document['docid'] ?? document['doc_id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
