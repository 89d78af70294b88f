import { afterAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import http from '@turnwise/search-http';
import lunr from '@turnwise/search-lunr';
import mcp from '@turnwise/search-mcp';
import postgres, { importPassages, postgresOptions } from '@turnwise/search-postgres';
import { searchToolConformance, testPassages } from '@turnwise/testkit';
import { z } from 'zod';
import { findPostgres, startCluster } from '../../plugins/search-postgres/src/postgres-cluster.fixture.js';
import { pluginsOf } from './plugin-folders.js';

const folders = Object.fromEntries((await pluginsOf('search')).map(({ name, folder }) => [name, folder]));
const from = (name: string): string => folders[name] ?? 'missing';
const fixtures = [
  { query: 'Who wrote Velkar?', finds: 'p1' },
  { query: 'Ösk', finds: 'p3' },
];

/** Passages that share a word with the query, best first: what the servers below answer with. */
function find(query: string, topK: number) {
  const words = new Set(query.toLowerCase().match(/\p{L}+/gu) ?? []);
  return testPassages
    .map((passage) => ({
      ...passage,
      score: (`${passage.title} ${passage.text}`.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) =>
        words.has(word),
      ).length,
    }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, topK);
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

searchToolConformance({ describe, it }, lunr, { from: from('search-lunr'), fixtures, claims: { offline: true } });

const searchR1 = await listening(
  createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const { queries, topk } = JSON.parse(text) as { queries: string[]; topk: number };
      const result = queries.map((query) =>
        find(query, topk).map(({ id, title, text: passage, score }) => ({
          document: { id, contents: `"${title}"\n${passage}` },
          score,
        })),
      );
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
    });
  }),
);
searchToolConformance({ describe, it }, http, { from: from('search-http'), options: { url: searchR1 }, fixtures });

const mcpAddress = await listening(
  createServer((request, response) => {
    const server = new McpServer({ name: 'passages', version: '1.0.0' });
    server.registerTool('search', { inputSchema: { query: z.string(), topK: z.number() } }, ({ query, topK }) => ({
      content: [{ type: 'text', text: JSON.stringify(find(query, topK)) }],
    }));
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    void server.connect(transport as never).then(() => transport.handleRequest(request, response));
  }),
);
searchToolConformance({ describe, it }, mcp, {
  from: from('search-mcp'),
  options: { server: { url: mcpAddress }, topKArgument: 'topK' },
});

const installed = findPostgres();
if ('programs' in installed) {
  const cluster = await startCluster(installed.programs);
  afterAll(() => cluster.remove());
  const options = { connectionString: cluster.connectionString, language: 'simple' };
  await importPassages(postgresOptions.parse(options), testPassages);
  searchToolConformance({ describe, it }, postgres, { from: from('search-postgres'), options, fixtures });
} else {
  it.skip(`search postgres (skipped: ${installed.reason})`, () => undefined);
}

it('leaves no search tool of ours out', () => {
  expect(Object.keys(folders)).toEqual(['search-http', 'search-lunr', 'search-mcp', 'search-postgres']);
});
