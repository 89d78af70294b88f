import { defineSearchTool } from '@turnwise/core';
import { postgresOptions, type PostgresOptions } from './options.js';
import { PostgresSearchTool } from './postgres-search-tool.js';

export { importPassages, type ImportResult } from './import-passages.js';
export { postgresOptions, type PostgresOptions } from './options.js';
export { PostgresSearchTool } from './postgres-search-tool.js';

/** Full-text search in PostgreSQL, for corpora of millions in a database users already run. */
export default defineSearchTool<PostgresOptions>({
  id: 'postgres',
  version: '0.1.0',
  options: postgresOptions,
  create: (_context, options) => new PostgresSearchTool(options),
});
