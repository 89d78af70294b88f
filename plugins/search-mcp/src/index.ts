import { defineSearchTool } from '@turnwise/core';
import { transportTo } from './connection.js';
import { McpSearchTool } from './mcp-search-tool.js';
import { mcpOptions, type McpOptions } from './options.js';

export { McpSearchTool } from './mcp-search-tool.js';
export { mcpOptions, type McpOptions } from './options.js';
export { createSearchServer, serveSearchOverStdio, type SearchServerOptions } from './search-server.js';

/** The search tool of any MCP server, started as a program or reached over HTTP. */
export default defineSearchTool<McpOptions>({
  id: 'mcp',
  version: '0.1.0',
  options: mcpOptions,
  deterministic: false,
  create: (context, options) => new McpSearchTool(options, transportTo(options.server, context.paths.base)),
});
