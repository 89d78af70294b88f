import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@turnwise/core';
import { metricRow, writeRun } from './recorded-run.fixture.js';
import { startDashboard, type RunningDashboard } from './start-dashboard.js';

const errors: string[] = [];
const logger = { error: (message: string) => void errors.push(message) } as unknown as Logger;
let folder: string;
let page: string;
let dashboard: RunningDashboard;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-dashboard-'));
  page = join(folder, 'page');
  mkdirSync(page);
  writeFileSync(join(page, 'index.html'), '<title>Turnwise</title>');
  writeFileSync(join(page, 'page.js'), 'x');
  writeFileSync(join(page, 'secret.key'), 'x');
  writeRun(join(folder, 'runs/one'), {
    groups: [
      [
        {
          id: 'q',
          members: [
            ['Paris', 'Rome'],
            ['x', 'Rome'],
          ],
        },
      ],
    ],
  });
  dashboard = await startDashboard({ folder: join(folder, 'runs'), page, port: 0 }, logger);
});
afterAll(async () => {
  await dashboard.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit) => fetch(`${dashboard.url}${path}`, init);

/** With a path as it is: `fetch` tidies `..` away before anything is sent. */
function rawStatus(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(dashboard.url);
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('the page', () => {
  it('is served under a policy that lets nothing run but its own files', async () => {
    const response = await get('/');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Turnwise');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('/page.js')).headers.get('content-type')).toContain('text/javascript');
  });

  it.each([
    '/secret.key',
    '/../start-dashboard.ts',
    '/..%2f..%2fetc%2fpasswd',
    '//etc/passwd',
    '/page.js/..%2f..',
    '/%00',
  ])('has no %s', async (path) => {
    expect(await rawStatus(path)).toBe(404);
  });

  it('must have been built', async () => {
    const missing = startDashboard({ folder, page: join(folder, 'none'), port: 0 }, logger);
    await expect(missing).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', hint: 'npm run build' });
  });
});

describe('the data', () => {
  it('answers what the page asks for', async () => {
    expect(await (await get('/api/runs')).json()).toMatchObject([{ name: 'one', status: 'finished' }]);
    expect(await (await get('/api/groups?run=one&step=1')).json()).toMatchObject({ total: 1 });
    expect(await (await get('/api/group?run=one&step=1&index=0')).json()).toMatchObject({ question: { id: 'q' } });
    expect(await (await get('/api/metrics?run=one&from=2')).json()).toMatchObject({ from: 2, rows: 4 });
    expect(await (await get('/api/manifest?run=one')).json()).toMatchObject({ strategy: 'grpo' });
    expect(await (await get('/api/events?run=one')).json()).toEqual({ events: [], checkpoints: [] });
    expect(await (await get('/api/strategies')).json()).toEqual([]);
  });

  it('shows of a configuration no value of a header', async () => {
    const file = join(folder, 'runs/one/manifest.json');
    const before = readFileSync(file, 'utf8');
    const manifest = JSON.parse(before) as { config: object };
    const search = { use: 'http', with: { headers: { 'x-api-key': 'the-secret' } } };
    writeFileSync(file, JSON.stringify({ ...manifest, config: { ...manifest.config, search } }));
    const shown = await (await get('/api/manifest?run=one')).text();
    writeFileSync(file, before);
    expect(shown).toContain('x-api-key');
    expect(shown).not.toContain('the-secret');
  });

  it.each([
    ['/api/manifest?run=..', 404, 'There is no run ".." here'],
    ['/api/manifest', 404, 'There is no run "" here'],
    ['/api/groups?run=one&step=x', 400, 'step must be a whole number of at least 0, got "x"'],
    ['/api/groups?run=one&step=9', 404, 'No groups of step 9 are here: not recorded, or not kept.'],
    ['/api/group?run=one&step=1&index=7', 404, 'There is no group 7 at step 1'],
    ['/api/credit?run=one&step=1&index=0&strategy=grpo', 404, 'No strategies are at hand'],
    ['/api/nothing', 404, 'There is no /api/nothing'],
  ])('%s is answered with %d', async (path, status, text) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: { message: string } }).error.message).toContain(text);
  });

  it('is only read', async () => {
    expect((await get('/api/runs', { method: 'DELETE' })).status).toBe(405);
    expect(errors).toEqual([]);
  });
});

describe('who may ask', () => {
  it('without a token only loopback, by a loopback name', async () => {
    expect(await rawStatus('/', { host: 'evil.example' })).toBe(403);
    await expect(startDashboard({ folder, page, host: '0.0.0.0', port: 0 }, logger)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(startDashboard({ folder, page, token: 'short', port: 0 }, logger)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });

  it('with a token whoever brings it: in the link, from then on as a cookie, or as a bearer', async () => {
    const token = 'correct horse battery';
    const guarded = await startDashboard({ folder: join(folder, 'runs'), page, port: 0, token }, logger);
    try {
      const ask = (path: string, headers: Record<string, string> = {}) =>
        fetch(`${guarded.url}${path}`, { headers, redirect: 'manual' });
      expect((await ask('/api/runs')).status).toBe(401);
      expect((await ask('/?token=wrong-wrong-wrong-w')).status).toBe(401);
      expect((await ask('/api/runs', { authorization: `Bearer ${token}` })).status).toBe(200);
      const entered = await fetch(guarded.link, { redirect: 'manual' });
      expect(entered.status).toBe(303);
      expect(entered.headers.get('location')).toBe('/');
      const cookie = entered.headers.get('set-cookie') ?? '';
      expect(cookie).toContain('HttpOnly; SameSite=Strict');
      expect((await ask('/api/runs', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);
      expect((await ask('/api/runs', { cookie: 'turnwise-token=x' })).status).toBe(401);
    } finally {
      await guarded.close();
    }
  });
});

it('tells who watches that a run grew, appeared, went', async () => {
  const reader = (await get('/api/live')).body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('no stream');
  const said = async (text: string): Promise<string> => {
    for (let all = ''; ;) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`ended: ${all}`);
      all += value;
      if (all.includes(text)) return all;
    }
  };
  expect(await said('"name":"one"')).toContain('event: change');
  appendFileSync(join(folder, 'runs/one/metrics.jsonl'), metricRow(4));
  await said('[{"name":"one","rows":5}]');
  writeRun(join(folder, 'runs/two'));
  await said('"name":"two"');
  rmSync(join(folder, 'runs/two'), { recursive: true });
  await said('event: gone\ndata: ["two"]');
  await reader.cancel();
});
