import { setImmediate } from 'node:timers/promises';
import type { Passage, SearchOptions, SearchOutcome, SearchTool } from '@turnwise/core';
import type { CompiledIndex } from './compiled-index.js';
import { Ranker, type Expansion } from './ranker.js';
import { queryTerms, queryWords } from './terms.js';

/** Queries answered before the event loop gets its turn: about 10 ms of work at 10,000 passages. */
const queriesPerTick = 128;

/**
 * Searches a compiled index. `passages` is the corpus the index was built from, in the same order. What is left out of
 * the expansion adds nothing to lunr's scores.
 */
export class LunrSearchTool implements SearchTool {
  readonly #passages: readonly Passage[];
  readonly #ranker: Ranker;
  readonly #expansion: Expansion;

  constructor(
    index: CompiledIndex,
    passages: readonly Passage[],
    { titleMatch = 0, links = 0 }: Partial<Expansion> = {},
  ) {
    this.#passages = passages;
    this.#ranker = new Ranker(index);
    this.#expansion = { titleMatch, links };
  }

  async search(queries: readonly string[], { topK, signal }: SearchOptions): Promise<SearchOutcome[]> {
    const outcomes: SearchOutcome[] = [];
    for (const query of queries) {
      if (outcomes.length > 0 && outcomes.length % queriesPerTick === 0) await setImmediate();
      signal.throwIfAborted();
      outcomes.push(this.#answer(query, topK));
    }
    return outcomes;
  }

  #answer(query: string, topK: number): SearchOutcome {
    const terms = queryTerms(query);
    if (terms.length === 0) return { status: 'empty', hits: [], message: 'the query holds no letter or digit' };
    const expanded = this.#expansion.titleMatch > 0 || this.#expansion.links > 0;
    const ranked = expanded
      ? this.#ranker.rankExpanded(terms, queryWords(query), topK, this.#expansion)
      : this.#ranker.rank(terms, topK);
    const hits = ranked.map(({ position, score }) => {
      const { id, title, text } = this.#passages[position] as Passage;
      return { id, title, text, score };
    });
    return hits.length === 0
      ? { status: 'empty', hits, message: 'no passage holds a word of the query' }
      : { status: 'ok', hits };
  }
}
