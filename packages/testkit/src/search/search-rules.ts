import net from 'node:net';
import type { SearchOutcome, SearchTool } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { withInstance, type Subject } from '../subject.js';
import { settled } from '../within.js';

/** A query and a passage it must find. */
export interface SearchFixture {
  readonly query: string;
  /** Id of a passage that must be among the hits. */
  readonly finds?: string;
}

/** What an author claims of a search tool beyond the contract. */
export interface SearchClaims {
  /** It needs no network: everything is in this process. Default false. */
  readonly offline?: boolean;
}

export interface SearchSubject extends Subject<'search'> {
  readonly fixtures: readonly SearchFixture[];
  readonly queries: readonly string[];
}

type SearchRule = Rule<SearchSubject>;

export function search(tool: SearchTool, queries: readonly string[], topK = 3): Promise<readonly SearchOutcome[]> {
  return tool.search(queries, { topK, signal: new AbortController().signal });
}

const statuses = new Set(['ok', 'empty', 'timeout', 'error']);

function eachOutcome(
  id: string,
  says: string,
  topK: number,
  judge: (query: string, outcome: SearchOutcome) => void,
): SearchRule {
  return {
    id,
    says,
    check: (subject) =>
      withInstance(subject, async (tool) => {
        const outcomes = await search(tool, subject.queries, topK);
        subject.queries.forEach((query, index) => {
          const outcome = outcomes[index];
          if (outcome !== undefined) judge(query, outcome);
        });
      }),
  };
}

const idsOf = (outcome: SearchOutcome | undefined): unknown => outcome?.hits.map(({ id }) => id);

/** Plain JavaScript may return anything. */
const isList = (value: unknown): boolean => Array.isArray(value);

/** One outcome a query, whatever is asked. */
function demandOutcomes(queries: readonly string[], outcomes: readonly SearchOutcome[]): void {
  demand(
    isList(outcomes) && outcomes.length === queries.length,
    () => `${queries.length} queries got ${isList(outcomes) ? outcomes.length : shown(outcomes)} outcomes`,
    'return one outcome for each query, in their order',
  );
  outcomes.forEach((outcome, index) =>
    demand(
      statuses.has(outcome.status) && Array.isArray(outcome.hits),
      () => `the query ${shown(queries[index])} got ${shown(outcome)}`,
      'return { status, hits } with the status ok, empty, timeout or error',
    ),
  );
}

/** Runs with the network switched off. */
async function withoutNetwork(work: () => Promise<void>): Promise<void> {
  const refuse = (): never => {
    throw new Error('the network is off in this test');
  };
  const { fetch } = globalThis;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back where it was
  const connect = net.Socket.prototype.connect;
  globalThis.fetch = refuse;
  net.Socket.prototype.connect = refuse;
  try {
    await work();
  } finally {
    globalThis.fetch = fetch;
    net.Socket.prototype.connect = connect;
  }
}

/** What holds for search tools alone. */
export const searchRules: readonly SearchRule[] = [
  {
    id: 'search/outcomes',
    says: 'one outcome a query, in order, of a known status; none for none',
    check: (subject) =>
      withInstance(subject, async (tool) => {
        demandOutcomes(subject.queries, await search(tool, subject.queries));
        demandOutcomes([], await search(tool, []));
      }),
  },
  eachOutcome('search/status', 'hits are there when the status is ok, and only then', 3, (query, { status, hits }) =>
    demand(
      (status === 'ok') === hits.length > 0,
      () => `${shown(query)} got the status ${status} with ${hits.length} hits`,
      'call a search without hits empty, and return no hits with a failure',
    ),
  ),
  eachOutcome('search/top-k', 'at most topK hits', 1, (query, { hits }) =>
    demand(hits.length <= 1, () => `${shown(query)} got ${hits.length} hits for topK 1`, 'cut the list at topK'),
  ),
  eachOutcome('search/hits', 'a hit has an id, a title, a text and a finite score', 3, (query, { hits }) => {
    for (const { id, title, text, score } of hits as readonly Partial<SearchOutcome['hits'][number]>[]) {
      demand(
        typeof id === 'string' && typeof title === 'string' && typeof text === 'string' && Number.isFinite(score),
        () => `${shown(query)} got the hit ${shown({ id, title, text, score })}`,
        'return strings, an empty title where there is none, and a number',
      );
    }
  }),
  eachOutcome('search/best-first', 'scores never rise down the list', 3, (query, { hits }) =>
    demand(
      hits.every(({ score }, index) => index === 0 || score <= (hits[index - 1]?.score ?? Infinity)),
      () => `${shown(query)} got the scores ${shown(hits.map(({ score }) => score))}`,
      'sort by score, best first',
    ),
  ),
  eachOutcome('search/unique', 'no passage comes twice', 3, (query, { hits }) =>
    demand(
      new Set(hits.map(({ id }) => id)).size === hits.length,
      () => `${shown(query)} got the ids ${shown(hits.map(({ id }) => id))}`,
      'merge hits of one passage',
    ),
  ),
  {
    id: 'search/odd-queries',
    says: 'an empty, endless or strange query is an outcome and never a throw',
    check: (subject) =>
      withInstance(subject, async (tool) => {
        for (const query of [
          '',
          '   ',
          '?',
          '"',
          'AND OR NOT (',
          '*:*^2~',
          '\u0000\uD800',
          '👩‍🚀 河川',
          'x '.repeat(5_000),
        ]) {
          const ended = await settled(subject.seconds, `search(${shown(query.slice(0, 20))})`, () =>
            search(tool, [query]),
          );
          demand(
            'value' in ended,
            () => `the query ${shown(query.slice(0, 20))} threw: ${String((ended as { error: unknown }).error)}`,
            'return { status: "empty", hits: [] }, or "error" with a message',
          );
          demandOutcomes([query], ended.value);
        }
      }),
  },
  {
    id: 'search/batch',
    says: 'a query finds alone what it finds among others, and what it finds again',
    check: (subject) =>
      withInstance(subject, async (tool) => {
        if (subject.plugin.deterministic === false) return;
        const together = (await search(tool, subject.queries)).map(idsOf);
        const alone: unknown[] = [];
        for (const query of subject.queries) alone.push(idsOf((await search(tool, [query]))[0]));
        const atOnce = await Promise.all(subject.queries.map(async (query) => idsOf((await search(tool, [query]))[0])));
        demand(
          sameValue(alone, together),
          () => `together ${shown(together)}, alone ${shown(alone)}`,
          'judge each query by itself',
        );
        demand(
          sameValue(alone, atOnce),
          () => `alone ${shown(alone)}, at once ${shown(atOnce)}`,
          'keep what belongs to one call in that call',
        );
      }),
  },
  {
    id: 'search/abort',
    says: 'a run that ends is not held up',
    check: (subject) =>
      withInstance(subject, async (tool) => {
        const options = { topK: 3, signal: AbortSignal.abort(new Error('the run ends')) };
        await settled(subject.seconds, 'search() after an abort', () => tool.search(subject.queries, options));
      }),
  },
  {
    id: 'search/finds',
    says: 'the passages this test names are found',
    check: (subject) =>
      withInstance(subject, async (tool) => {
        for (const { query, finds } of subject.fixtures) {
          if (finds === undefined) continue;
          const [outcome] = await search(tool, [query]);
          demand(
            outcome?.hits.some(({ id }) => id === finds) === true,
            () => `${shown(query)} found ${shown(idsOf(outcome))}, not ${finds}`,
            'find it, or correct the fixture',
          );
        }
      }),
  },
];

/** Only when claimed. */
export const offlineRule: SearchRule = {
  id: 'search/offline',
  says: 'it works without a network, as claimed',
  check: (subject) =>
    withoutNetwork(() =>
      withInstance(subject, async (tool) => {
        const outcomes = await search(tool, subject.queries);
        const failed = outcomes.find(({ status }) => status === 'error' || status === 'timeout');
        demand(
          failed === undefined,
          () => `without a network: ${shown(failed)}`,
          'use nothing but this process, or withdraw the claim',
        );
      }),
    ),
};
