import type { SearchOptions, SearchOutcome, SearchTool } from '../contract/index.js';
import { BatchCarrier } from './batch-carrier.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Dispatcher } from './dispatcher.js';
import { realEnvironment, type SearchEnvironment } from './environment.js';
import { searchLayerOptions, type SearchLayerOptions } from './layer-options.js';
import { failedOutcome } from './outcome.js';
import { OutcomeCache } from './outcome-cache.js';
import { SearchTally, type SearchCounters } from './search-counters.js';
import { readSearchRecord, searchKey, SearchRecorder } from './search-record.js';
import type { Caller } from './waiting.js';

/** A search tool that holds up under training, and what it counted. */
export interface SearchLayer extends SearchTool {
  counters(): SearchCounters;
  /** Closes the record. The wrapped tool stays open: whoever made it closes it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a layer is given beside the tool and its options. */
export interface SearchLayerSurroundings {
  /** Id of the tool, for messages. */
  readonly name?: string;
  /** Default: the real clock. */
  readonly environment?: SearchEnvironment;
}

/**
 * Wraps any search tool. Equal searches are asked once and remembered; queries asked at about the same time share a
 * call; calls are bounded in number and time, tried again when the infrastructure fails, and given up for a while when
 * it keeps failing. Every query gets one of the four outcomes; only an abort of the caller and a tool that breaks its
 * contract (`CONTRACT_SEARCH_LENGTH`) reject. Searches can be recorded to a file and replayed without the tool.
 *
 * @param options see {@link searchLayerOptions}; what is missing takes its default. `record` and `replay` are paths as
 *   the file system understands them.
 */
export async function createSearchLayer(
  tool: SearchTool,
  options: Partial<SearchLayerOptions> = {},
  surroundings: SearchLayerSurroundings = {},
): Promise<SearchLayer> {
  const settings = searchLayerOptions.parse(options);
  const { environment = realEnvironment, name } = surroundings;
  const tally = new SearchTally();
  const breaker = new CircuitBreaker(settings.breakerFailures, settings.breakerSeconds * 1000, () => environment.now());
  const carrier = new BatchCarrier(tool, { ...settings, name }, breaker, environment, tally);
  const dispatcher = new Dispatcher(settings, environment, (batch) => carrier.carry(batch));
  const cache = new OutcomeCache(settings.cacheEntries, tally);
  const recorded = settings.replay === undefined ? null : await readSearchRecord(settings.replay);
  const recorder = settings.record === undefined ? null : await SearchRecorder.open(settings.record);

  const ask = async (query: string, topK: number, caller: Caller): Promise<SearchOutcome> => {
    const started = environment.now();
    const outcome = await dispatcher.ask(query, topK, caller);
    tally.took((environment.now() - started) / 1000);
    return outcome;
  };

  const answer = async (query: string, { topK, signal }: SearchOptions): Promise<SearchOutcome> => {
    tally.queries += 1;
    const key = searchKey(query, topK);
    const outcome =
      recorded === null
        ? await cache.get(key, signal, (caller) => ask(query, topK, caller))
        : (recorded.get(key) ?? failedOutcome('error', `the record ${settings.replay} does not hold this search`));
    tally.answered(outcome);
    recorder?.record(query, topK, outcome);
    return outcome;
  };

  return {
    async search(queries, searchOptions) {
      searchOptions.signal.throwIfAborted();
      const [only] = queries;
      if (queries.length === 1 && only !== undefined) return [await answer(only, searchOptions)];
      return Promise.all(queries.map((query) => answer(query, searchOptions)));
    },
    counters: () => tally.counters(breaker.opened),
    [Symbol.asyncDispose]: async () => recorder?.close(),
  };
}
