import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { chat, endServers, logged, policy, request, serve, signal } from './stub-policy.fixture.js';
import type { StubReply } from './testing/stub-server.js';

afterEach(endServers);

describe('failures', () => {
  it('that may pass are tried again, after as long as the server says; nothing is sent twice that was answered', async () => {
    const replies: StubReply[] = [
      { status: 429, headers: { 'retry-after': '0' } },
      'cut',
      { status: 503, json: { error: { message: 'busy' } }, headers: { 'retry-after': '0' } },
      { text: 'not json' },
      chat('done'),
    ];
    const server = await serve(({ index }) => replies[index] ?? 'cut');
    expect((await policy([server]).sample(request(), signal)).text).toBe('done');
    expect(server.requests).toHaveLength(5);
    expect(new Set(server.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('that stay end the trajectory in the words of the server, without the key', async () => {
    const server = await serve(() => ({ status: 400, json: { error: { message: 'max_tokens is too large' } } }));
    const error: unknown = await policy([server], {}, 'the-key')
      .sample(request(), signal)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ROLLOUT_POLICY' });
    expect(String(error)).toContain('answered 400: max_tokens is too large');
    expect(server.requests).toHaveLength(1);
    expect(JSON.stringify([logged, String(error)])).not.toContain('the-key');
  });

  it('are not read without end, nor asked for again', async () => {
    const server = await serve(() => ({ text: ' '.repeat(68_000_000) }));
    await expect(policy([server]).sample(request(), signal)).rejects.toThrow('sent more than 67108864 bytes');
    expect(server.requests).toHaveLength(1);
  });

  it('give up after the tries that are permitted', async () => {
    const server = await serve(() => ({ status: 500, headers: { 'retry-after': '0' } }));
    await expect(policy([server], { retries: 2 }).sample(request(), signal)).rejects.toThrow('(3 tries)');
    expect(server.requests).toHaveLength(3);
  });

  it('of time: a request that hangs is ended, and an abort ends waiting too', async () => {
    const server = await serve(() => new Promise<StubReply>(() => undefined));
    await expect(policy([server], { timeoutSeconds: 0.05, retries: 0 }).sample(request(), signal)).rejects.toThrow(
      'took longer than 0.05 s',
    );
    const stop = new AbortController();
    const one = policy([server], { concurrency: 1 });
    const [first, second] = [
      one.sample(request(), stop.signal),
      one.sample(request({ trajectoryId: 'u' }), stop.signal),
    ];
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(second).rejects.toThrow('enough');
  });

  it('of one server send its trajectories to another, and spare it for a while', async () => {
    const down = await serve(() => 'cut');
    const up = await serve(() => chat('ok'));
    const one = policy([down, up]);
    for (let index = 0; index < 20; index++) await one.sample(request({ trajectoryId: `t${index}` }), signal);
    expect(up.requests).toHaveLength(20);
    expect(down.requests.length).toBeLessThanOrEqual(3);
  });

  it('of one server leave no trajectory without an answer when the other has its hands full', async () => {
    const down = await serve(() => 'cut');
    const up = await serve(() => new Promise((resolve) => setTimeout(() => resolve(chat('ok')), 80)));
    const one = policy([down, up], { concurrency: 1, retries: 2 });
    const asked = Array.from({ length: 20 }, (_, index) => one.sample(request({ trajectoryId: `t${index}` }), signal));
    const ends = await Promise.allSettled(asked);
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(up.requests).toHaveLength(20);
  });

  it('wait for the next try without a listener each on the signal', async () => {
    const server = await serve(() => ({ status: 503, headers: { 'retry-after': '60' } }));
    const stop = new AbortController();
    const one = policy([server]);
    const asked = Array.from({ length: 30 }, (_, index) =>
      one.sample(request({ trajectoryId: `t${index}` }), stop.signal),
    );
    while (server.requests.length < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Node warns of more than ten.
    expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(10);
    stop.abort(new Error('enough'));
    for (const each of asked) await expect(each).rejects.toThrow('enough');
  });
});
