import { defineSearchTool } from '@turnwise/core';
import { compile } from './compiled-index.js';
import { lunrBuilder } from './lunr-index.js';
import { LunrSearchTool } from './lunr-search-tool.js';
import { lunrOptions, type LunrOptions } from './options.js';

export { compile, type CompiledIndex } from './compiled-index.js';
export { lunrBuilder, type Weighting } from './lunr-index.js';
export { LunrSearchTool } from './lunr-search-tool.js';
export { lunrOptions, type LunrOptions } from './options.js';
export { Ranker, type RankedPassage } from './ranker.js';
export { maxQueryTerms, passageTerms, queryTerms } from './terms.js';
export { tokenize } from './tokenize.js';

/** Local full-text search over the run's corpus: indexed by lunr, answered from compiled postings. */
export default defineSearchTool<LunrOptions>({
  id: 'lunr',
  version: '0.1.0',
  options: lunrOptions,
  create(context, options) {
    const index = compile(lunrBuilder(context.corpus, options).build(), context.corpus.length);
    return new LunrSearchTool(index, context.corpus, options.topK);
  },
});
