import { join } from 'node:path';
import type { PluginContext } from '@turnwise/core';
import { buildIndex } from './build-index.js';
import { buildOffThread } from './build-in-worker.js';
import type { CompiledIndex } from './compiled-index.js';
import { IndexCache } from './index-cache.js';
import { decodeIndex, encodeIndex } from './index-file.js';
import { indexKey } from './index-key.js';
import type { Weighting } from './lunr-index.js';

/** Smaller corpora are built on this thread: starting a worker would take longer than their index. */
const worthAWorker = 1_000;

type Surroundings = Pick<PluginContext, 'corpus' | 'paths' | 'logger' | 'signal'>;

/** The index of the run's corpus: from the cache when it holds this very one, else built and cached. */
export async function loadIndex(context: Surroundings, weighting: Weighting): Promise<CompiledIndex> {
  const { corpus, logger, signal } = context;
  const key = indexKey(corpus, weighting);
  const cache = new IndexCache(join(context.paths.cache, 'search-lunr'), logger);
  const cached = await cache.read(key);
  if (cached !== null) return cached;
  if (corpus.length >= worthAWorker) logger.info(`Indexing ${corpus.length} passages.`);
  const block =
    corpus.length < worthAWorker
      ? encodeIndex(buildIndex(corpus, weighting), key)
      : await buildOffThread({ passages: corpus, weighting, key }, signal);
  await cache.write(key, block);
  const index = decodeIndex(block, key);
  if (typeof index === 'string') throw new Error(`the search index just built cannot be read: ${index}`);
  return index;
}
