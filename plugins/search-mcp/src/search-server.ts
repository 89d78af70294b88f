import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { SearchHit, SearchTool } from '@turnwise/core';
import { z } from 'zod';

/** How a search tool is offered. */
export interface SearchServerOptions {
  /** Hits when the caller names no number. Default 3. */
  readonly topK?: number;
  /** Most hits a caller may ask for. Default 20, or `topK` where that is more. */
  readonly maxTopK?: number;
}

const results = {
  results: z.array(z.object({ id: z.string(), title: z.string(), text: z.string(), score: z.number() })),
};

/** An MCP server with one tool, `search(query, topK?)`: hits as structured content and as text to read. */
export function createSearchServer(
  tool: SearchTool,
  { topK: usual = 3, maxTopK = Math.max(20, usual) }: SearchServerOptions = {},
): McpServer {
  const server = new McpServer({ name: 'turnwise-search', version: '0.1.0' });
  server.registerTool(
    'search',
    {
      title: 'Search passages',
      description: 'Finds passages of the corpus by full-text search, best first.',
      inputSchema: {
        query: z.string().describe('What to search for, in plain words.'),
        topK: z.int().min(1).max(maxTopK).default(usual).describe('Most passages to return.'),
      },
      outputSchema: results,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async ({ query, topK }, { signal }) => {
      const [outcome] = await tool.search([query], { topK, signal });
      if (outcome === undefined || outcome.status === 'error' || outcome.status === 'timeout') {
        return { isError: true, content: [{ type: 'text', text: 'The search engine is not available.' }] };
      }
      const hits = outcome.hits.map(({ id, title, text, score }) => ({ id, title, text, score }));
      return { structuredContent: { results: hits }, content: [{ type: 'text', text: readable(hits) }] };
    },
  );
  return server;
}

/**
 * Offers a search tool over standard input and output until the other side closes. Nothing else may write to standard
 * output meanwhile.
 */
export async function serveSearchOverStdio(tool: SearchTool, options: SearchServerOptions = {}): Promise<void> {
  const server = createSearchServer(tool, options);
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('end', resolve);
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
}

function readable(hits: readonly SearchHit[]): string {
  if (hits.length === 0) return 'No passages found.';
  return hits.map(({ title, text }, rank) => `Doc ${rank + 1}(Title: ${title}) ${text}`).join('\n');
}
