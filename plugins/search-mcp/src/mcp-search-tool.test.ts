import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { createSearchLayer, type SearchOutcome, type SearchTool } from '@turnwise/core';
import { z } from 'zod';
import { transportTo } from './connection.js';
import { mcpOptions, type McpOptions } from './options.js';
import { McpSearchTool } from './mcp-search-tool.js';
import { createSearchServer } from './search-server.js';

const signal = new AbortController().signal;
const tools: McpSearchTool[] = [];
afterEach(async () => {
  await Promise.all(tools.splice(0).map((tool) => tool[Symbol.asyncDispose]()));
});

/** The program of the fixture, as a configuration would start it. */
const program = {
  command: process.execPath,
  arguments: [
    '--conditions=turnwise-source',
    '--import',
    'tsx',
    fileURLToPath(new URL('./stdio-server.fixture.ts', import.meta.url)),
  ],
};

function overStdio(changes: object = {}): McpSearchTool {
  const options = mcpOptions.parse({ server: program, topKArgument: 'topK', ...changes });
  const tool = new McpSearchTool(options, transportTo(options.server, process.cwd()));
  tools.push(tool);
  return tool;
}

/** A server in this process, made anew for every connection. */
function inMemory(makeServer: () => McpServer, changes: Partial<McpOptions> = {}): McpSearchTool {
  const options = mcpOptions.parse({ server: program, ...changes });
  const tool = new McpSearchTool(options, () => {
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    void makeServer().connect(theirs);
    return ours;
  });
  tools.push(tool);
  return tool;
}

const cities: SearchTool = {
  search: (queries, { topK }) =>
    Promise.resolve(
      queries.map((query): SearchOutcome => {
        const hits = [1, 2, 3, 4, 5]
          .slice(0, topK)
          .map((rank) => ({ id: `${query}-${rank}`, title: query, text: 'x', score: 9 - rank }));
        return query === 'nowhere' ? { status: 'empty', hits: [] } : { status: 'ok', hits };
      }),
    ),
};

describe('our tool with our server over standard input and output', () => {
  it('searches, keeps scores, tells empty from broken, and comes back after a crash', async () => {
    const tool = overStdio({ timeoutSeconds: 20 });
    await tool.init();
    const outcomes = await tool.search(['paris', '', 'oslo', 'broken'], { topK: 2, signal });
    expect(outcomes).toEqual([
      {
        status: 'ok',
        hits: [
          { id: 'p0', title: 'Paris', text: 'A <city>.', score: 2 },
          { id: 'p1', title: 'Paris', text: 'A <city>.', score: 1 },
        ],
      },
      { status: 'empty', hits: [], message: 'the query is blank' },
      { status: 'empty', hits: [] },
      { status: 'error', hits: [], message: 'The search engine is not available.' },
    ]);
    await expect(tool.search(['crash'], { topK: 2, signal })).rejects.toMatchObject({
      name: 'SearchFailure',
      status: 503,
    });
    const layer = await createSearchLayer(tool, { retrySeconds: 0.01 });
    expect((await layer.search(['paris'], { topK: 1, signal }))[0]?.status).toBe('ok');
  });

  it('ends a slow call as a timeout, and at once when aborted', async () => {
    const tool = overStdio({ timeoutSeconds: 0.3 });
    const connected = tool.init().catch(() => undefined);
    await connected;
    expect(await tool.search(['slow'], { topK: 1, signal })).toMatchObject([{ status: 'timeout', hits: [] }]);
    const controller = new AbortController();
    const search = tool.search(['slow'], { topK: 1, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(search).rejects.toThrow('enough');
  });

  it('says that a program cannot be started', async () => {
    const tool = overStdio({ server: { command: '/nowhere/at/all' } });
    await expect(tool.init()).rejects.toThrow(/cannot be reached/);
    await expect(tool.search(['paris'], { topK: 1, signal })).rejects.toMatchObject({ status: 503 });
  });
});

describe("any server's search tool", () => {
  const plain = (): McpServer => {
    const server = new McpServer({ name: 'other', version: '1' });
    server.registerTool('lookup', { inputSchema: { q: z.string(), site: z.string() } }, ({ q, site }) => ({
      content: ['one', 'two', 'three'].map((word) => ({
        type: 'text' as const,
        text: `${word} about ${q} on ${site}`,
      })),
    }));
    return server;
  };

  it('is called by its own names, and surplus hits are cut', async () => {
    const tool = inMemory(plain, { tool: 'lookup', queryArgument: 'q', fixedArguments: { site: 'wiki' } });
    await tool.init();
    const [outcome] = await tool.search(['paris'], { topK: 2, signal });
    expect(outcome?.hits.map(({ text }) => text)).toEqual(['one about paris on wiki', 'two about paris on wiki']);
  });

  it('is missed by name, with what there is', async () => {
    await expect(inMemory(plain).init()).rejects.toMatchObject({
      code: 'PLUGIN_OPTIONS_INVALID',
      hint: 'Its tools are: lookup.',
    });
    await expect(inMemory(plain, { tool: 'lookup' }).init()).rejects.toMatchObject({
      hint: 'Its arguments are: q, site.',
    });
  });

  it('gets no more calls at once than configured', async () => {
    let inside = 0;
    let most = 0;
    const counting: SearchTool = {
      async search(queries, options) {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inside -= 1;
        return cities.search(queries, options);
      },
    };
    const tool = inMemory(() => createSearchServer(counting), { concurrency: 3 });
    const outcomes = await tool.search(
      Array.from({ length: 20 }, (_, index) => `q${index}`),
      { topK: 1, signal },
    );
    expect(outcomes.map(({ hits }) => hits[0]?.title)).toEqual(Array.from({ length: 20 }, (_, index) => `q${index}`));
    expect(most).toBe(3);
  });
});

describe('our server', () => {
  it('describes its tool, answers in text and structure, and bounds topK', async () => {
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await createSearchServer(cities, { topK: 2, maxTopK: 4 }).connect(theirs);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(ours);
    const { tools: listed } = await client.listTools();
    expect(listed).toMatchObject([{ name: 'search', inputSchema: { required: ['query'] } }]);
    const answer = await client.callTool({ name: 'search', arguments: { query: 'oslo' } });
    expect(answer.content).toEqual([{ type: 'text', text: 'Doc 1(Title: oslo) x\nDoc 2(Title: oslo) x' }]);
    expect((await client.callTool({ name: 'search', arguments: { query: 'nowhere' } })).content).toEqual([
      { type: 'text', text: 'No passages found.' },
    ]);
    expect((await client.callTool({ name: 'search', arguments: { query: 'oslo', topK: 99 } })).isError).toBe(true);
    await client.close();
  });

  it('lets callers ask for what they get unasked, also when that is more than 20', async () => {
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await createSearchServer(cities, { topK: 30 }).connect(theirs);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(ours);
    const { tools: listed } = await client.listTools();
    expect(listed).toMatchObject([{ inputSchema: { properties: { topK: { default: 30, maximum: 30 } } } }]);
    const unasked = await client.callTool({ name: 'search', arguments: { query: 'oslo' } });
    expect(await client.callTool({ name: 'search', arguments: { query: 'oslo', topK: 30 } })).toEqual(unasked);
    await client.close();
  });
});

describe('options', () => {
  it('name a program or an address, not both', () => {
    expect(mcpOptions.parse({ server: { command: 'x' } })).toMatchObject({
      tool: 'search',
      queryArgument: 'query',
      server: { arguments: [] },
    });
    for (const server of [{}, { url: 'x' }, { command: 'x', url: 'http://x' }]) {
      expect(mcpOptions.safeParse({ server }).success).toBe(false);
    }
  });
});
