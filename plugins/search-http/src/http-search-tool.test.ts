import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSearchLayer } from '@turnwise/core';
import { HttpSearchTool } from './http-search-tool.js';
import plugin, { httpOptions, type HttpOptions } from './index.js';

interface Asked {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A service that writes down what it was asked and answers with `reply`. */
async function serve(
  reply: (asked: Asked, response: ServerResponse, count: number) => unknown,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      asked.push({ path: request.url, headers: request.headers, body });
      const value = reply(asked.at(-1) as Asked, response, asked.length);
      if (value !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function toolFor(url: string, options: Partial<HttpOptions> = {}, token?: string): HttpSearchTool {
  return new HttpSearchTool(httpOptions.parse({ url, ...options }), token);
}

const signal = new AbortController().signal;
const documents = (query: unknown): object[] => [
  { document: { id: `${String(query)}-1`, contents: `"T"\n${String(query)}` }, score: 2 },
  { document: { id: `${String(query)}-2`, contents: `"T"\nmore` }, score: 1 },
];

describe('the dialects', () => {
  it('search-r1 sends all queries at once, asks for scores, and leaves blank queries out', async () => {
    const { url, asked } = await serve(({ body }) => ({ result: (body['queries'] as string[]).map(documents) }));
    const outcomes = await toolFor(url).search(['paris', ' ', 'oslo'], { topK: 1, signal });
    expect(asked).toMatchObject([
      { path: '/retrieve', body: { queries: ['paris', 'oslo'], topk: 1, return_scores: true } },
    ]);
    expect(outcomes.map(({ status, hits }) => [status, hits.map(({ id }) => id)])).toEqual([
      ['ok', ['paris-1']],
      ['empty', []],
      ['ok', ['oslo-1']],
    ]);
    expect(await toolFor(url).search(['', '\n'], { topK: 1, signal })).toMatchObject([
      { status: 'empty' },
      { status: 'empty' },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('skyrl sends one query a request', async () => {
    const { url, asked } = await serve(({ body }) => ({ result: [documents(body['query'])] }));
    const outcomes = await toolFor(url, { dialect: 'skyrl' }).search(['paris', 'oslo'], { topK: 3, signal });
    expect(asked.map(({ body }) => body['query']).sort()).toEqual(['oslo', 'paris']);
    expect(outcomes.map(({ hits }) => hits[0]?.id)).toEqual(['paris-1', 'oslo-1']);
  });

  it('recall sends a list to its own path and reads documents and scores', async () => {
    const { url, asked } = await serve(({ body }) => {
      const queries = body['query'] as string[];
      return [queries.map((query) => [{ id: query, contents: `"T"\nx` }]), queries.map(() => [0.25])];
    });
    const outcomes = await toolFor(url, { dialect: 'recall' }).search(['paris', 'oslo'], { topK: 3, signal });
    expect(asked).toMatchObject([
      { path: '/batch_search', body: { query: ['paris', 'oslo'], top_n: 3, return_score: true } },
    ]);
    expect(outcomes.map(({ hits }) => [hits[0]?.id, hits[0]?.score])).toEqual([
      ['paris', 0.25],
      ['oslo', 0.25],
    ]);
  });

  it('keeps a path that is given, and sends headers and token', async () => {
    const { url, asked } = await serve(() => ({ result: [[]] }));
    const tool = toolFor(`${url}/v2/find`, { headers: { 'x-team': 'a' } }, 'secret');
    expect(await tool.search(['paris'], { topK: 3, signal })).toEqual([{ status: 'empty', hits: [] }]);
    expect(asked[0]).toMatchObject({ path: '/v2/find', headers: { 'x-team': 'a', authorization: 'Bearer secret' } });
  });
});

describe('failures', () => {
  it('carry the status and the wish to wait', async () => {
    const { url } = await serve(
      (_asked, response) => void response.writeHead(429, { 'retry-after': '7' }).end('slow down'),
    );
    await expect(toolFor(url).search(['paris'], { topK: 3, signal })).rejects.toMatchObject({
      name: 'SearchFailure',
      status: 429,
      retryAfterSeconds: 7,
      message: expect.stringContaining('slow down'),
    });
  });

  it('name a reply that cannot be read', async () => {
    const { url } = await serve((_asked, response, count) =>
      count === 1 ? { result: [[], []] } : void response.end('<html>'),
    );
    await expect(toolFor(url).search(['paris'], { topK: 3, signal })).rejects.toThrow(/2 lists for 1 queries/);
    await expect(toolFor(url).search(['paris'], { topK: 3, signal })).rejects.toThrow(/is not JSON: <html>/);
  });

  it('refuse a reply that is too long', async () => {
    const { url } = await serve(() => ({ result: [[{ id: 'a', contents: 'x'.repeat(5000) }]] }));
    await expect(toolFor(url, { maxReplyMegabytes: 0.001 }).search(['a'], { topK: 1, signal })).rejects.toThrow(
      /longer than 1000 bytes/,
    );
  });

  it('name a redirect, which is not followed: the token would go along', async () => {
    const { url, asked } = await serve((_asked, response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
      return undefined;
    });
    const search = toolFor(url, { headers: { 'x-api-key': 'secret' } }, 'token').search(['q'], { topK: 1, signal });
    await expect(search).rejects.toMatchObject({ message: `HTTP 307 from ${url}/retrieve` });
    expect(asked).toHaveLength(1);
  });

  it('stop when aborted', async () => {
    const { url } = await serve(() => undefined);
    const controller = new AbortController();
    const search = toolFor(url).search(['paris'], { topK: 3, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(search).rejects.toThrow('enough');
  });

  it('are mended by the search layer: 503, a torn connection, then an answer', async () => {
    const { url, asked } = await serve(({ body }, response, count) => {
      if (count === 1) return void response.writeHead(503).end();
      if (count === 2) return void response.destroy();
      return { result: (body['queries'] as string[]).map(documents) };
    });
    const layer = await createSearchLayer(toolFor(url), { retrySeconds: 0.01 });
    expect((await layer.search(['paris'], { topK: 3, signal }))[0]?.status).toBe('ok');
    expect(asked).toHaveLength(3);
  });

  it('of a service that is not there become an error outcome', async () => {
    const { url } = await serve(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    const layer = await createSearchLayer(toolFor(url), { retrySeconds: 0.01, attempts: 2 });
    expect(await layer.search(['paris'], { topK: 3, signal })).toMatchObject([{ status: 'error', hits: [] }]);
  });
});

describe('options', () => {
  it('want an http address and refuse unknown keys', () => {
    expect(httpOptions.parse({ url: 'http://127.0.0.1:8000' })).toEqual({
      url: 'http://127.0.0.1:8000',
      dialect: 'search-r1',
      headers: {},
      maxReplyMegabytes: 64,
    });
    for (const wrong of [
      {},
      { url: 'nowhere' },
      { url: 'ftp://x' },
      { url: 'http://x', topk: 3 },
      { url: 'http://x', dialect: 'google' },
    ]) {
      expect(httpOptions.safeParse(wrong).success).toBe(false);
    }
  });

  it('say which variable holds no token', () => {
    const options = httpOptions.parse({ url: 'http://x', tokenVariable: 'TURNWISE_TEST_NO_SUCH_TOKEN' });
    expect(() => plugin.create({} as never, options)).toThrow(/TURNWISE_TEST_NO_SUCH_TOKEN is not set/);
  });
});
