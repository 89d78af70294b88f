import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import type { Passage, SearchTool } from '@turnwise/core';
import { indexKey, loadIndex, lunrBuilder, LunrSearchTool, passageTerms, queryTerms } from '@turnwise/search-lunr';
import { importPassages, postgresOptions, PostgresSearchTool } from '@turnwise/search-postgres';
import { findPostgres, startCluster } from '../../../plugins/search-postgres/src/postgres-cluster.fixture.js';
import type { Corpus } from './corpora.js';
import { measureQueries, memoryMb, round, type FoundPassage, type QueryMeasurements } from './measure.js';

/** What is told of one engine at one size. */
export interface EngineReport extends QueryMeasurements {
  readonly buildSeconds: number;
  /** Heap and array buffers the index takes, corpus not counted. */
  readonly heapMb: number;
}

/** What is told of the compiled index besides. */
export interface CompiledReport extends EngineReport {
  /** From the cache file to a tool that answers. */
  readonly loadSeconds: number;
  readonly fileMb: number;
  /** 10,240 searches in one call, three hits each, with the default options. */
  readonly searches10240Seconds: number;
  readonly searches10240CpuSeconds: number;
  /** The same engine with its default options, and with links besides. */
  readonly withTitles: QueryMeasurements;
  readonly withLinks: QueryMeasurements;
}

const weighting = { titleBoost: 1, k1: 1.2, b: 0.75 };
const never = new AbortController().signal;
const topK = 10;

/** Engines by name; each runs in a process of its own. */
export const engines: Readonly<Record<string, (corpus: Corpus) => Promise<EngineReport | { skipped: string }>>> = {
  stock,
  compiled,
  minisearch,
  postgres,
};

/** lunr 2.3.9 itself, asked through `query()` for the same terms the compiled index gets. */
async function stock({ passages, queries }: Corpus): Promise<EngineReport> {
  const before = memoryMb();
  const started = performance.now();
  const index = lunrBuilder(passages, weighting).build();
  const buildSeconds = round((performance.now() - started) / 1000);
  const heapMb = round(memoryMb() - before);
  const search = (query: string): FoundPassage[] =>
    index
      .query((clauses) => queryTerms(query).forEach((term) => clauses.term(term, {})))
      .slice(0, topK)
      .map(({ ref, score }) => ({ id: (passages[Number(ref)] as Passage).id, score }));
  return { buildSeconds, heapMb, ...(await measureQueries(queries, search)) };
}

async function compiled({ passages, queries }: Corpus): Promise<CompiledReport> {
  const cache = mkdtempSync(join(tmpdir(), 'turnwise-bench-'));
  const ignore = (): void => undefined;
  const surroundings = {
    corpus: passages,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    signal: never,
    paths: { cache, base: cache },
  };
  try {
    const building = performance.now();
    await loadIndex(surroundings, weighting);
    const buildSeconds = round((performance.now() - building) / 1000);
    const fileMb = round(statSync(join(cache, 'search-lunr', `${indexKey(passages, weighting)}.index`)).size / 1e6);
    const before = memoryMb();
    const loading = performance.now();
    const index = await loadIndex(surroundings, weighting);
    const plain = new LunrSearchTool(index, passages);
    const loadSeconds = round((performance.now() - loading) / 1000);
    const heapMb = round(memoryMb() - before);
    const usual = new LunrSearchTool(index, passages, { titleMatch: 0.6 });
    const measured = await measureQueries(queries, asking(plain));
    const many = Array.from({ length: 10_240 }, (_, place) => queries[place % queries.length]?.text ?? '');
    const cpu = process.cpuUsage();
    const started = performance.now();
    await usual.search(many, { topK: 3, signal: never });
    const searches10240Seconds = round((performance.now() - started) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    return {
      ...{ buildSeconds, heapMb, loadSeconds, fileMb, searches10240Seconds },
      searches10240CpuSeconds: round((user + system) / 1e6),
      ...measured,
      withTitles: await measureQueries(queries, asking(usual)),
      withLinks: await measureQueries(
        queries,
        asking(new LunrSearchTool(index, passages, { titleMatch: 0.6, links: 0.5 })),
      ),
    };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** MiniSearch with the same words and stop words, fields and BM25 as it comes. */
async function minisearch({ passages, queries }: Corpus): Promise<EngineReport> {
  const before = memoryMb();
  const started = performance.now();
  const index = new MiniSearch<{ id: number; title: string; text: string }>({
    fields: ['title', 'text'],
    tokenize: (text) => passageTerms(text),
    processTerm: (term) => term,
    searchOptions: { tokenize: (query) => queryTerms(query) },
  });
  index.addAll(passages.map(({ title, text }, id) => ({ id, title, text })));
  const buildSeconds = round((performance.now() - started) / 1000);
  const heapMb = round(memoryMb() - before);
  const search = (query: string): FoundPassage[] =>
    index
      .search(query)
      .slice(0, topK)
      .map(({ id, score }) => ({ id: (passages[id as number] as Passage).id, score }));
  return { buildSeconds, heapMb, ...(await measureQueries(queries, search)) };
}

async function postgres({ passages, queries }: Corpus): Promise<EngineReport | { skipped: string }> {
  const found = findPostgres();
  if ('reason' in found) return { skipped: found.reason };
  const cluster = await startCluster(found.programs);
  try {
    const options = postgresOptions.parse({ connectionString: cluster.connectionString, statementTimeoutSeconds: 60 });
    const started = performance.now();
    await importPassages(options, passages);
    const buildSeconds = round((performance.now() - started) / 1000);
    const tool = new PostgresSearchTool(options);
    const measured = await measureQueries(queries, asking(tool));
    await tool[Symbol.asyncDispose]();
    return { buildSeconds, heapMb: 0, ...measured };
  } finally {
    await cluster.remove();
  }
}

function asking(tool: SearchTool): (query: string) => Promise<readonly FoundPassage[]> {
  return async (query) => (await tool.search([query], { topK, signal: never }))[0]?.hits ?? [];
}
