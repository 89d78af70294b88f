import { hasRealData, loadCorpus } from './retrieval/corpora.js';
import { measureEngine } from './retrieval/engine-process.js';
import type { CompiledReport, EngineReport } from './retrieval/engines.js';
import { round, type FoundPassage } from './retrieval/measure.js';
import { recallExperiments } from './retrieval/recall-experiments.js';
import { measureService } from './retrieval/service-load.js';

/** lunr takes a second a query at 100,000 passages: so many questions are put to it there. */
const stockQueriesWhenLarge = 40;
const large = 50_000;

/**
 * Search engines on real and generated passages, each in a process of its own: lunr itself, lunr compiled (what the
 * plugin does), MiniSearch and PostgreSQL; then what each option does to recall, and the HTTP service under load.
 * Times are wall times of single queries; on a busy machine the median and CPU seconds are the ones to read.
 *
 * Options: `corpora` (default `real,10000,100000`; without real data the numbers only), `engines` (default
 * `stock,compiled,minisearch,postgres`), `recall` and `service` (`yes` or `no`), `seconds` of load a phase (default 8).
 */
export default async function bench(options: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const corpora = (options['corpora'] ?? 'real,10000,100000')
    .split(',')
    .filter((name) => name !== 'real' || hasRealData());
  const wanted = (options['engines'] ?? 'stock,compiled,minisearch,postgres').split(',');
  const sizes: Record<string, unknown>[] = [];
  for (const corpus of corpora) sizes.push(await measureSize(corpus, wanted));
  const service =
    options['service'] === 'no'
      ? {}
      : { service: await measureService(corpora[0] ?? '10000', Number(options['seconds'] ?? 8)) };
  const recall = options['recall'] === 'no' || !hasRealData() ? {} : { recall: await recallExperiments() };
  return {
    unit: 'milliseconds a query (wall), megabytes of heap and array buffers, recall as a share',
    sizes,
    ...recall,
    ...service,
  };
}

async function measureSize(corpus: string, wanted: readonly string[]): Promise<Record<string, unknown>> {
  const { passages } = await loadCorpus(corpus);
  const reports: Record<string, EngineReport | { skipped: string }> = {};
  for (const engine of wanted) {
    process.stderr.write(`${corpus}: ${engine}\n`);
    const limit = engine === 'stock' && passages.length > large ? { queries: stockQueriesWhenLarge } : {};
    reports[engine] = await measureEngine({ engine, corpus, ...limit });
  }
  const stock = reports['stock'] as EngineReport | undefined;
  const compiled = reports['compiled'] as CompiledReport | undefined;
  return {
    corpus: corpus === 'real' ? 'real' : 'generated',
    passages: passages.length,
    ...(compiled === undefined ? {} : headline(compiled, stock)),
    ...Object.fromEntries(Object.entries(reports).map(([engine, report]) => [engine, withoutLists(report)])),
  };
}

/** The numbers asked for by name; recall is that of the default options, the lists that of the bare postings. */
function headline(compiled: CompiledReport, stock: EngineReport | undefined): Record<string, unknown> {
  const { withTitles, buildSeconds, loadSeconds, heapMb, searches10240Seconds, searches10240CpuSeconds } = compiled;
  return {
    ...(stock === undefined
      ? {}
      : {
          speedup: round(stock.p50Ms / compiled.p50Ms),
          identicalTopK: identical(stock, compiled, true),
          identicalTopKWithTies: identical(stock, compiled, false),
        }),
    recallAt3: withTitles.recallAt3,
    recallAt10: withTitles.recallAt10,
    queriesPerSecond: round(10_240 / searches10240Seconds),
    queriesPerCpuSecond: round(10_240 / searches10240CpuSeconds),
    ...{ buildSeconds, loadSeconds, heapMb },
  };
}

/**
 * Share of queries with the same first ten. With `tiesApart` passages of one score may change places, also over the
 * cut: lunr adds up the same numbers in another order, and leaves equal scores in an order of its own.
 */
function identical(stock: EngineReport, compiled: EngineReport, tiesApart: boolean): number {
  const same = stock.lists.filter((theirs, query) => {
    const ours = compiled.lists[query] ?? [];
    if (ours.length !== theirs.length) return false;
    const last = theirs.at(-1)?.score ?? 0;
    return theirs.every((hit, place) => {
      const mine = ours[place] as FoundPassage;
      if (!tiesApart) return mine.id === hit.id;
      if (!close(mine.score, hit.score)) return false;
      return close(hit.score, last) || ours.some(({ id, score }) => id === hit.id && close(score, hit.score));
    });
  });
  return round(same.length / stock.lists.length);
}

function close(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one));
}

/** Lists of hits are for comparing, not for showing. */
function withoutLists(report: object): object {
  return Object.fromEntries(
    Object.entries(report).flatMap(([name, value]: [string, unknown]) => {
      if (name === 'lists') return [];
      return [[name, typeof value === 'object' && value !== null ? withoutLists(value) : value]];
    }),
  );
}
