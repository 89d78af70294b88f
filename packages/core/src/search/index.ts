export { createSearchLayer, type SearchLayer, type SearchLayerSurroundings } from './create-search-layer.js';
export type { SearchEnvironment } from './environment.js';
export { SearchFailure } from './failure.js';
export { searchLayerOptions, type SearchLayerOptions } from './layer-options.js';
export { readHits } from './read-hits.js';
export type { SearchCounters } from './search-counters.js';
