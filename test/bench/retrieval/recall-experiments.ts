import { buildIndex, LunrSearchTool, type Weighting } from '@turnwise/search-lunr';
import { loadCorpus } from './corpora.js';
import { measureQueries } from './measure.js';

interface Setting extends Partial<Weighting> {
  readonly titleMatch?: number;
  readonly links?: number;
}

const usual: Weighting = { titleBoost: 1, k1: 1.2, b: 0.75 };

/** One thing changed at a time, then the two expansions together. Defaults are chosen by the train column. */
const settings: readonly Setting[] = [
  {},
  ...[0.5, 1.5, 2].map((titleBoost) => ({ titleBoost })),
  ...[0.4, 0.6, 0.9, 2].map((k1) => ({ k1 })),
  ...[0.3, 0.5, 0.9].map((b) => ({ b })),
  ...[0.3, 0.6, 1].map((titleMatch) => ({ titleMatch })),
  { titleBoost: 1.3, k1: 0.6, titleMatch: 0.6 },
  ...[0.3, 0.5, 0.7].map((links) => ({ titleMatch: 0.6, links })),
];

/** What each option of the lunr plugin does to recall on the real questions. */
export async function recallExperiments(): Promise<Record<string, unknown>[]> {
  const { passages, queries } = await loadCorpus('real');
  const indexes = new Map<string, ReturnType<typeof buildIndex>>();
  const rows: Record<string, unknown>[] = [];
  for (const { titleMatch = 0, links = 0, ...changed } of settings) {
    const weighting = { ...usual, ...changed };
    const key = JSON.stringify(weighting);
    const index = indexes.get(key) ?? buildIndex(passages, weighting);
    indexes.set(key, index);
    const tool = new LunrSearchTool(index, passages, { titleMatch, links });
    const { signal } = new AbortController();
    const measured = await measureQueries(
      queries,
      async (query) => (await tool.search([query], { topK: 10, signal }))[0]?.hits ?? [],
    );
    const { recallAt3Train, recallAt3Dev, recallAt10 } = measured;
    rows.push({ ...weighting, titleMatch, links, recallAt3Train, recallAt3Dev, recallAt10 });
  }
  return rows;
}
