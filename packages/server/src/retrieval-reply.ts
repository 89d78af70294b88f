import { joinContents, type SearchHit } from '@turnwise/core';

/** A passage as Search-R1, verl, SkyRL and ReCall read it; `contents` is title and text in one. */
interface ReplyDocument {
  readonly id: string;
  readonly contents: string;
  readonly title: string;
  readonly text: string;
}

/** Search-R1: one list a query; with scores each item is `{document, score}`, without the bare document. */
export function searchR1Reply(lists: readonly (readonly SearchHit[])[], withScores: boolean): object {
  return {
    result: lists.map((hits) =>
      hits.map((hit) => (withScores ? { document: documentOf(hit), score: hit.score } : documentOf(hit))),
    ),
  };
}

/** ReCall's `/search`: the documents, or documents and scores side by side. */
export function recallReply(hits: readonly SearchHit[], withScores: boolean): unknown {
  const documents = hits.map(documentOf);
  return withScores ? [documents, hits.map(({ score }) => score)] : documents;
}

/** ReCall's `/batch_search`: the same for each query, again side by side. */
export function recallBatchReply(lists: readonly (readonly SearchHit[])[], withScores: boolean): unknown {
  const documents = lists.map((hits) => hits.map(documentOf));
  return withScores ? [documents, lists.map((hits) => hits.map(({ score }) => score))] : documents;
}

function documentOf({ id, title, text }: SearchHit): ReplyDocument {
  return { id, contents: joinContents({ title, text }), title, text };
}
