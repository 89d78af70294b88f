import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JudgedQuery } from './corpora.js';

/** One hit as engines of every kind give it. */
export interface FoundPassage {
  readonly id: string;
  readonly score: number;
}

/** What is measured of an engine by asking it. */
export interface QueryMeasurements {
  /** How many queries were asked. */
  readonly queries: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly recallAt3: number;
  readonly recallAt10: number;
  /** Recall at 3 over the train and the dev half alone. */
  readonly recallAt3Train: number;
  readonly recallAt3Dev: number;
  /** The first ten hits of each query, to compare engines. */
  readonly lists: readonly (readonly FoundPassage[])[];
}

const warmUp = 50;

/** Asks every query for ten hits, one after the other, after a warm-up. */
export async function measureQueries(
  queries: readonly JudgedQuery[],
  search: (query: string) => readonly FoundPassage[] | Promise<readonly FoundPassage[]>,
): Promise<QueryMeasurements> {
  for (const { text } of queries.slice(0, Math.min(warmUp, queries.length / 4))) await search(text);
  const times: number[] = [];
  const lists: (readonly FoundPassage[])[] = [];
  for (const { text } of queries) {
    const started = performance.now();
    lists.push(await search(text));
    times.push(performance.now() - started);
  }
  times.sort((one, other) => one - other);
  const recall = (k: number, split?: JudgedQuery['split']): number => {
    const shares = queries.flatMap(({ gold, split: own }, place) => {
      if (split !== undefined && own !== split) return [];
      const ids = new Set(lists[place]?.slice(0, k).map(({ id }) => id));
      return [gold.filter((id) => ids.has(id)).length / gold.length];
    });
    return round(shares.reduce((sum, share) => sum + share, 0) / shares.length);
  };
  return {
    queries: queries.length,
    p50Ms: round(times[Math.floor(times.length * 0.5)] ?? 0),
    p95Ms: round(times[Math.floor(times.length * 0.95)] ?? 0),
    recallAt3: recall(3),
    recallAt10: recall(10),
    recallAt3Train: recall(3, 'train'),
    recallAt3Dev: recall(3, 'dev'),
    lists,
  };
}

/** Megabytes of heap and array buffers in use after a full collection. */
export function memoryMb(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** Four significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
