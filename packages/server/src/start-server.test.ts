import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Logger, SearchOutcome, SearchTool } from '@turnwise/core';
import type { ServerOptions } from './server-options.js';
import { startServer, type RunningServer } from './start-server.js';

const logged: string[] = [];
const note = (message: string): void => void logged.push(message);
const logger: Logger = { debug: note, info: note, warn: note, error: note };

let running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
  logged.length = 0;
});

const echo: SearchTool = {
  search: (queries, { topK }) =>
    Promise.resolve(
      queries.map((query): SearchOutcome => {
        if (query === 'nothing') return { status: 'empty', hits: [] };
        if (query === 'broken') return { status: 'error', hits: [], message: 'secret inside' };
        if (query === 'late') return { status: 'timeout', hits: [] };
        const hits = Array.from({ length: topK }, (_, rank) => ({
          id: `${query}-${rank}`,
          title: 'T',
          text: query,
          score: 1 - rank / 10,
        }));
        return { status: 'ok', hits };
      }),
    ),
};

async function start(options: Partial<ServerOptions> = {}, tool: SearchTool = echo): Promise<string> {
  const server = await startServer({ search: tool }, { port: 0, drainSeconds: 0.3, ...options }, logger);
  running.push(server);
  return server.url;
}

async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

const document = (query: string, rank = 0): object => ({
  id: `${query}-${rank}`,
  title: 'T',
  text: query,
  contents: `"T"\n${query}`,
});

describe('POST /retrieve', () => {
  it('answers with scores and without, in the order of the queries, bad ones empty in their place', async () => {
    const url = `${await start()}/retrieve`;
    const queries = ['a', '', null, 'nothing', 'b'];
    expect(await post(url, { queries, topk: 1, return_scores: true })).toMatchObject({
      status: 200,
      body: { result: [[{ document: document('a'), score: 1 }], [], [], [], [{ document: document('b'), score: 1 }]] },
    });
    expect((await post(url, { queries: ['a', 'b'], topk: 1, return_scores: false })).body).toEqual({
      result: [[document('a')], [document('b')]],
    });
    expect((await post(url, { query: 'a', topk: null })).body).toEqual({
      result: [[document('a'), document('a', 1), document('a', 2)]],
    });
    expect((await post(url, { queries: [] })).body).toEqual({ result: [] });
  });

  it('fails whole when the search tool fails for a query, and tells nothing of inside', async () => {
    const url = `${await start()}/retrieve`;
    const broken = await post(url, { queries: ['a', 'broken'] });
    expect(broken).toMatchObject({
      status: 503,
      body: { error: { message: 'The search failed for 1 of 2 queries.' } },
    });
    expect(broken.headers.get('retry-after')).toBe('1');
    expect((await post(url, { queries: ['late'] })).status).toBe(504);
    const throwing = `${await start({}, { search: () => Promise.reject(new Error('secret inside')) })}/retrieve`;
    const failed = await post(throwing, { queries: ['a'] });
    expect(failed).toMatchObject({ status: 500 });
    expect(JSON.stringify(failed.body)).not.toContain('secret');
    expect(logged).toContain('A request failed.');
  });

  it.each([
    ['not json', 400],
    [{ topk: 3 }, 400],
    [{ queries: 'x'.repeat(3000) }, 413],
    [{ queries: Array(9).fill('a') }, 413],
  ])('refuses %#', async (body, status) => {
    const url = `${await start({ maxBodyBytes: 2048, maxQueries: 8 })}/retrieve`;
    const reply = await post(url, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toHaveProperty('error.message');
  });

  it('lets no more bodies in than requests, and logs nothing of clients that leave in the middle of one', async () => {
    const url = await start({ concurrency: 2 });
    const underWay = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/health`)).json()) as { underWay: number }).underWay;
    const until = async (count: number): Promise<void> => {
      while ((await underWay()) !== count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const half = (headers: Record<string, string>): ReturnType<typeof httpRequest> => {
      const request = httpRequest(`${url}/retrieve`, { method: 'POST', headers }).on('error', () => undefined);
      request.write('{');
      return request;
    };
    const slow = [half({ 'content-length': '100' }), half({ 'transfer-encoding': 'chunked' })];
    await until(2);
    expect((await post(`${url}/retrieve`, { queries: ['a'] })).status).toBe(503);
    for (const request of slow) request.destroy();
    await until(0);
    expect((await post(`${url}/retrieve`, { queries: ['a'] })).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it('survives a client that sends without end or goes away', async () => {
    const url = await start({ maxBodyBytes: 2048 });
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${url}/retrieve`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
      request.on('error', () => resolve());
      request.on('response', (response) => {
        expect(response.statusCode).toBe(413);
        response.resume();
        request.destroy();
        resolve();
      });
      for (let chunk = 0; chunk < 100; chunk++) request.write('x'.repeat(1000));
    });
    const gone = httpRequest(`${url}/retrieve`, { method: 'POST' });
    gone.on('error', () => undefined);
    gone.write('{"queries": [');
    gone.destroy();
    expect((await post(`${url}/retrieve`, { queries: ['a'] })).status).toBe(200);
  });
});

describe("ReCall's addresses", () => {
  it('answer a single query and batches, with scores side by side', async () => {
    const url = await start();
    expect((await post(`${url}/search`, { query: 'a', top_n: 1 })).body).toEqual([document('a')]);
    expect((await post(`${url}/search`, { query: 'a', top_n: 2, return_score: true })).body).toEqual([
      [document('a'), document('a', 1)],
      [1, 0.9],
    ]);
    expect((await post(`${url}/search`, { query: '' })).body).toEqual([]);
    expect((await post(`${url}/search`, { query: 'a' })).body).toHaveLength(10);
    expect((await post(`${url}/batch_search`, { query: ['a', ''], top_n: 1 })).body).toEqual([[document('a')], []]);
    expect((await post(`${url}/batch_search`, { query: ['a', 'b'], top_n: 1, return_score: true })).body).toEqual([
      [[document('a')], [document('b')]],
      [[1], [1]],
    ]);
  });
});

describe('around', () => {
  it('tells its health and its metrics', async () => {
    const url = await start();
    await post(`${url}/retrieve`, { queries: ['a', 'nothing'] });
    await post(`${url}/retrieve`, 'broken');
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', underWay: 0 });
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await metrics.text();
    expect(text).toContain('turnwise_requests_total{route="/retrieve",status="200"} 1');
    expect(text).toContain('turnwise_requests_total{route="/retrieve",status="400"} 1');
    expect(text).toContain('turnwise_queries_total{outcome="empty"} 1');
    expect(text).toMatch(/turnwise_request_seconds_bucket\{le="\+Inf"\} 2/);
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  });

  it('says what there is', async () => {
    const url = await start();
    const missing = await fetch(`${url}/nowhere`);
    expect(missing.status).toBe(404);
    expect(JSON.stringify(await missing.json())).toContain('/retrieve');
    const wrong = await fetch(`${url}/retrieve`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('wants its token for everything but health', async () => {
    const token = 'a-token-of-some-length';
    const url = await start({ token });
    const body = { queries: ['a'] };
    expect((await post(`${url}/retrieve`, body)).status).toBe(401);
    expect((await post(`${url}/retrieve`, body, { authorization: 'Bearer another-token-of-length' })).status).toBe(401);
    expect((await post(`${url}/retrieve`, body, { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('without a token takes nothing from a page of elsewhere', async () => {
    const url = `${await start()}/retrieve`;
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://evil.example:127']) {
      expect((await post(url, { query: 'a' }, { origin })).status).toBe(403);
    }
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:8090', 'http://[::1]:5173']) {
      expect((await post(url, { query: 'a' }, { origin })).status).toBe(200);
    }
  });

  it('without a token listens on loopback only and to local names only', async () => {
    await expect(startServer({ search: echo }, { host: '0.0.0.0', port: 0 }, logger)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    const open = await startServer(
      { search: echo },
      { host: '0.0.0.0', port: 0, token: 'a-token-of-some-length' },
      logger,
    );
    await open.close();
    const url = new URL(await start());
    const status = await new Promise((resolve) => {
      httpRequest(
        { host: url.hostname, port: url.port, path: '/metrics', headers: { host: 'evil.example' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      ).end();
    });
    expect(status).toBe(403);
  });

  it('says which option is out of range, and never the token', async () => {
    const short = startServer({ search: echo }, { port: 0, token: 'secret' }, logger);
    await expect(short).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'server.token: a token needs at least 16 characters',
    });
    const port = startServer({ search: echo }, { port: 70_000 }, logger);
    await expect(port).rejects.toMatchObject({ code: 'CONFIG_INVALID', where: 'server.port' });
  });

  it('says when its port is taken', async () => {
    const { port } = new URL(await start());
    await expect(startServer({ search: echo }, { port: Number(port) }, logger)).rejects.toMatchObject({
      code: 'CONFIG_USAGE',
    });
  });
});

describe('limits', () => {
  const stuck: SearchTool = { search: () => new Promise(() => undefined) };

  it('ends what takes too long, also when the tool does not listen', async () => {
    const url = `${await start({ timeoutSeconds: 0.1 }, stuck)}/retrieve`;
    expect((await post(url, { queries: ['a'] })).status).toBe(504);
  });

  /** Answers when it is told to. */
  class HeldTool implements SearchTool {
    readonly #held: (() => void)[] = [];
    search(...asked: Parameters<SearchTool['search']>): ReturnType<SearchTool['search']> {
      return new Promise((resolve) => this.#held.push(() => void echo.search(...asked).then(resolve)));
    }
    async holds(count: number): Promise<void> {
      while (this.#held.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    release(): void {
      for (const answer of this.#held.splice(0)) answer();
    }
  }

  it('sends away more requests than it may work on', async () => {
    const tool = new HeldTool();
    const url = `${await start({ concurrency: 2 }, tool)}/retrieve`;
    const inside = [post(url, { queries: ['a'] }), post(url, { queries: ['b'] })];
    await tool.holds(2);
    const outside = await Promise.all([post(url, { queries: ['c'] }), post(url, { queries: ['d'] })]);
    expect(outside.map(({ status }) => status)).toEqual([503, 503]);
    tool.release();
    expect((await Promise.all(inside)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await post(url, { queries: [] })).status).toBe(200);
  });

  it('lets requests under way end at shutdown and takes no new ones', async () => {
    const tool = new HeldTool();
    const server = await startServer({ search: tool }, { port: 0, drainSeconds: 30 }, logger);
    const underWay = post(`${server.url}/retrieve`, { queries: ['a'] });
    await tool.holds(1);
    const closing = server.close();
    expect(server.close()).toBe(closing);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    tool.release();
    expect((await underWay).status).toBe(200);
    await closing;
  });

  it('cuts off what does not end in time', async () => {
    const tool = new HeldTool();
    const server = await startServer({ search: tool }, { port: 0, drainSeconds: 0.05 }, logger);
    const underWay = post(`${server.url}/retrieve`, { queries: ['a'] });
    underWay.catch(() => undefined);
    await tool.holds(1);
    await server.close();
    await expect(underWay).rejects.toThrow();
    expect(logged).toContain('Requests were cut off at shutdown.');
  });
});
