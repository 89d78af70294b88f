import { setImmediate } from 'node:timers/promises';
import type { SearchOptions, SearchOutcome, SearchTool } from '../contract/index.js';
import { createSearchLayer, type SearchLayer } from './create-search-layer.js';
import type { SearchEnvironment } from './environment.js';
import type { SearchLayerOptions } from './layer-options.js';

/** A clock that stands still until it is told to go on. */
export class StillTime implements SearchEnvironment {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];
  now = (): number => this.#now;
  random = (): number => 0.5;
  schedule = (milliseconds: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  /** Goes on in steps of a millisecond, letting everything run that can. */
  async pass(milliseconds: number): Promise<void> {
    for (let step = 0; step <= milliseconds; step++) {
      const due = this.#timers.filter(({ at }) => at <= this.#now);
      this.#timers = this.#timers.filter(({ at }) => at > this.#now);
      for (const { callback } of due) callback();
      await setImmediate();
      if (step < milliseconds) this.#now += 1;
    }
  }
  get timers(): number {
    return this.#timers.length;
  }
}

/** The one hit that a query has here. */
export const foundFor = (query: string): SearchOutcome => ({
  status: 'ok',
  hits: [{ id: query, title: query, text: `about ${query}`, score: 1 }],
});

/** A tool that writes down its calls and answers with `reply`. */
export class Tool implements SearchTool {
  readonly calls: { queries: readonly string[]; options: SearchOptions }[] = [];
  constructor(
    readonly reply: (queries: readonly string[], call: number, options: SearchOptions) => unknown = (queries) =>
      queries.map(foundFor),
  ) {}
  async search(queries: readonly string[], options: SearchOptions): Promise<readonly SearchOutcome[]> {
    this.calls.push({ queries, options });
    return (await this.reply(queries, this.calls.length, options)) as readonly SearchOutcome[];
  }
  get sizes(): number[] {
    return this.calls.map(({ queries }) => queries.length);
  }
}

export const never = new AbortController().signal;

export async function layerOver(
  tool: Tool,
  options: Partial<SearchLayerOptions> = {},
): Promise<{
  layer: SearchLayer;
  time: StillTime;
  ask: (query: string, signal?: AbortSignal) => Promise<SearchOutcome>;
}> {
  const time = new StillTime();
  const layer = await createSearchLayer(tool, options, { environment: time });
  const ask = async (query: string, signal = never): Promise<SearchOutcome> =>
    (await layer.search([query], { topK: 3, signal }))[0] as SearchOutcome;
  return { layer, time, ask };
}

/** A reply that never comes. */
export const hang = (): Promise<never> => new Promise(() => undefined);
