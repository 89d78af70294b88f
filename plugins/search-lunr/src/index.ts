import { defineSearchTool } from '@turnwise/core';
import { loadIndex } from './load-index.js';
import { LunrSearchTool } from './lunr-search-tool.js';
import { lunrOptions, type LunrOptions } from './options.js';

export { buildIndex } from './build-index.js';
export { compileLunr } from './compile-lunr.js';
export type { CompiledIndex, Postings } from './compiled-index.js';
export { directPostings } from './direct-postings.js';
export { decodeIndex, encodeIndex } from './index-file.js';
export { indexKey } from './index-key.js';
export { loadIndex } from './load-index.js';
export { lunrBuilder, type Weighting } from './lunr-index.js';
export { LunrSearchTool } from './lunr-search-tool.js';
export { lunrOptions, type LunrOptions } from './options.js';
export { Ranker, type Expansion, type RankedPassage } from './ranker.js';
export { maxQueryTerms, passageTerms, queryTerms } from './terms.js';
export { tokenize } from './tokenize.js';

/** Local full-text search over the run's corpus: indexed by lunr, answered from compiled postings. */
export default defineSearchTool<LunrOptions>({
  id: 'lunr',
  version: '0.1.0',
  options: lunrOptions,
  async create(context, options) {
    return new LunrSearchTool(await loadIndex(context, options), context.corpus, options);
  },
});
