import { getEventListeners } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomStream } from '@turnwise/core';
import type { WireFault } from './testing/fault-proxy.js';
import { createTinkerServer, type TinkerServer, type TinkerServerOptions } from './testing/tinker-server.js';
import { adam, arbitraryBatch, bumpy, letters, openPolicy, plain } from './tinker.fixture.js';

const servers: TinkerServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function open(options: Partial<TinkerServerOptions> = {}): Promise<TinkerServer> {
  const server = await createTinkerServer({ vocabulary: 12, initialLogits: bumpy, decode: letters.decode, ...options });
  servers.push(server);
  return server;
}

const request = {
  trajectoryId: 't',
  messages: [],
  tokenIds: [1, 2],
  seed: 5,
  temperature: 1,
  topP: 1,
  maxTokens: 8,
  stop: ['c'],
  turn: 0,
  maySearch: true,
};

/**
 * Two updates, each after a sample, a checkpoint, and two more updates of a second policy that loaded it: what was
 * done, sampled, and what the weights became.
 */
async function train(server: TinkerServer): Promise<object> {
  const samples: unknown[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-tinker-'));
  for (const half of [0, 1]) {
    const { policy } = await openPolicy(server.url);
    if (half === 1) await policy.load(folder);
    for (let step = 2 * half; step < 2 * half + 2; step++) {
      samples.push(await policy.sample(request, new AbortController().signal));
      await policy.forwardBackward(arbitraryBatch(step, 12), plain);
      await policy.optimStep(adam);
    }
    if (half === 0) await policy.save(folder);
    else samples.push(Array.from({ length: 12 }, (_, previous) => [...server.engine.weights.logprobs(previous)]));
    await policy[Symbol.asyncDispose]();
  }
  // How often weights were loaded is no matter: each time into a model of its own.
  const done = server.engine.done.filter((line) => !line.startsWith('/load_weights'));
  return { done: done.map((line) => line.split(' ')[0]), saved: server.engine.checkpoints.size, samples };
}

/** A third of the requests meets a fault; at most three in a row. */
function storm(seed: number, kinds: readonly WireFault[]): (path: string) => WireFault {
  const random = randomStream(seed, 'storm');
  let row = 0;
  return () => {
    const fault = row < 3 && random.next() < 0.33 ? (kinds[random.integer(kinds.length)] ?? null) : null;
    row = fault === null ? 0 : row + 1;
    return fault;
  };
}

/** Futures that are ready after 0 to 4 polls, told in either way. */
function slowly(seed: number): NonNullable<TinkerServerOptions['pending']> {
  const random = randomStream(seed, 'slow');
  return () => ({ polls: random.integer(5), say: random.integer(2) === 0 ? 'try_again' : '408' });
}

describe('faults on the wire: nothing is trained twice, nothing is lost', () => {
  const everything: WireFault[] = ['lost-request', 'lost-reply', 'twice', 'too-many', 'unavailable', 'cut', 'restart'];
  const storms: [string, WireFault[]][] = [
    ['dropped connections', ['lost-request', 'lost-reply']],
    ['duplicated requests', ['twice']],
    ['replies cut off', ['cut']],
    ['a storm of 429', ['too-many']],
    ['a server whose front restarts', ['restart']],
    ['everything, and slow futures', everything],
  ];
  const servers: [string, Partial<TinkerServerOptions>][] = [
    ['JSON', {}],
    ['protobuf, and repeated saves and loads refused', { protobuf: true, repeats: 'refused' }],
  ];
  it.each(storms.flatMap((one) => servers.map((kind) => [...one, ...kind] as const)))(
    '%s: %j, by %s',
    async (name, kinds, _form, kind) => {
      const calm = await train(await open(kind));
      const seed = Math.floor(Math.random() * 1e9);
      const slow = name.includes('slow') ? { pending: slowly(seed) } : {};
      const server = await open({ ...kind, ...slow, fault: storm(seed, kinds) });
      expect({ seed, ...(await train(server)) }).toEqual({ seed, ...calm });
    },
  );

  it('slow futures', async () => {
    const calm = await train(await open());
    const seed = Math.floor(Math.random() * 1e9);
    expect({ seed, ...(await train(await open({ pending: slowly(seed) }))) }).toEqual({ seed, ...calm });
  });

  it('a server whose front restarts while an update is under way', async () => {
    const calm = await open();
    const restarts = { count: 0 };
    // The update itself and every second poll of it.
    const fault = (path: string): WireFault =>
      ['/forward_backward', '/retrieve_future'].includes(path) && restarts.count++ % 2 === 0 ? 'restart' : null;
    const server = await open({ fault, pending: () => ({ polls: 2, say: '408' }) });
    for (const each of [calm, server]) {
      const { policy } = await openPolicy(each.url);
      await policy.forwardBackward(arbitraryBatch(1, 12), plain);
      await policy.optimStep(adam);
      await policy[Symbol.asyncDispose]();
    }
    expect(restarts.count).toBeGreaterThan(5);
    expect(server.engine.done).toEqual(calm.engine.done);
    expect(server.engine.done).toHaveLength(2);
  });

  it('a future that expired is asked for again under its number', async () => {
    const server = await open({ pending: (path) => ({ polls: path === '/forward_backward' ? 4 : 0, say: '408' }) });
    const { policy } = await openPolicy(server.url);
    const working = policy.forwardBackward(arbitraryBatch(1, 12), plain);
    while (!server.engine.done.includes('/forward_backward 1')) await new Promise((resolve) => setTimeout(resolve, 1));
    server.engine.expireFutures();
    await working;
    expect(server.engine.done).toEqual(['/forward_backward 1']);
    expect(server.arrivals.filter(({ path }) => path === '/forward_backward').length).toBe(2);
    await policy[Symbol.asyncDispose]();
  });

  it('a restart ends the run, and the checkpoint goes on as if there had been none', async () => {
    const calm = await open();
    const { policy: undisturbed } = await openPolicy(calm.url);
    const server = await open();
    const { policy } = await openPolicy(server.url);
    const folder = await mkdtemp(join(tmpdir(), 'turnwise-tinker-'));
    const step = async (which: typeof policy, number: number): Promise<void> => {
      await which.forwardBackward(arbitraryBatch(number, 12), plain);
      await which.optimStep(adam);
    };
    for (let number = 0; number < 4; number++) await step(undisturbed, number);

    for (let number = 0; number < 2; number++) await step(policy, number);
    await policy.save(folder);
    await policy.forwardBackward(arbitraryBatch(2, 12), plain);
    server.engine.restart();
    await expect(policy.optimStep(adam)).rejects.toMatchObject({
      code: 'RUN_SERVER_STATE_LOST',
      hint: expect.stringContaining('--resume') as unknown,
    });
    await policy[Symbol.asyncDispose]();

    const { policy: resumed } = await openPolicy(server.url);
    await resumed.load(folder);
    for (let number = 2; number < 4; number++) await step(resumed, number);
    for (let previous = 0; previous < 12; previous++) {
      expect(server.engine.weights.logprobs(previous)).toEqual(calm.engine.weights.logprobs(previous));
    }
    for (const each of [undisturbed, resumed]) await each[Symbol.asyncDispose]();
  });

  it('many samples wait at once without a listener each on the signal, and an abort ends them all', async () => {
    const server = await open({ pending: (path) => ({ polls: path === '/asample' ? 1e6 : 0, say: 'try_again' }) });
    const { policy } = await openPolicy(server.url, { retryMilliseconds: 60_000 });
    const stop = new AbortController();
    const waiting = Array.from({ length: 100 }, () => policy.sample(request, stop.signal));
    const asked = (): number => server.arrivals.filter(({ path }) => path === '/retrieve_future').length;
    while (asked() < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Node warns of more than ten.
    expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(10);
    stop.abort(new Error('enough'));
    const ends = await Promise.allSettled(waiting);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await policy[Symbol.asyncDispose]();
  });

  it('no sign of life is tried again once the policy is closed', async () => {
    let down = false;
    const server = await open({ instead: (path) => (down && path === '/session_heartbeat' ? away : undefined) });
    const away = { status: 503, body: {} };
    const { policy, told } = await openPolicy(server.url, { heartbeatSeconds: 0.01, patienceSeconds: 60 });
    const beats = (): number => server.arrivals.filter(({ path }) => path === '/session_heartbeat').length;
    down = true;
    for (const before = beats(); beats() < before + 3;) await new Promise((resolve) => setTimeout(resolve, 1));
    await policy[Symbol.asyncDispose]();
    const last = beats();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(beats()).toBeLessThanOrEqual(last + 1);
    expect(told.warnings).toEqual([]);
  });

  it('a server that takes a request and has no result ends the run; while it says it is paused the clock stands', async () => {
    let stuck = false;
    let paused = true;
    const server = await open({
      instead: (path) => {
        if (!stuck || path !== '/retrieve_future') return undefined;
        return { status: 200, body: { type: 'try_again', ...(paused ? { queue_state: 'paused_capacity' } : {}) } };
      },
    });
    const { policy, told } = await openPolicy(server.url, { resultSeconds: 0.001 });
    const { signal } = new AbortController();
    const polls = (): number => server.arrivals.filter(({ path }) => path === '/retrieve_future').length;
    await policy.sample(request, signal);
    stuck = true;
    const ended = policy.sample(request, signal).then(
      () => 'done',
      (error: unknown) => error,
    );
    for (const before = polls(); polls() < before + 20;) {
      expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(told.warnings).toEqual([expect.stringContaining('paused_capacity')]);
    paused = false;
    expect(await ended).toMatchObject({
      code: 'RUN_SERVER_FAILED',
      message: '/asample: the server took the request and had no result after 0.001 s.',
      hint: expect.stringContaining('resultSeconds') as unknown,
    });
    await policy[Symbol.asyncDispose]();
  });

  it('a load that fails leaves the model of before in its place, and no model on the server in the end', async () => {
    const gone: unknown[] = [];
    const made: unknown[] = [];
    const server = await open({
      instead: (path, body) => {
        if (path === '/load_weights') return { status: 422, body: { detail: 'no such checkpoint' } };
        if (path === '/unload_model') gone.push(body['model_id']);
        if (path === '/create_model') made.push(body['model_seq_id']);
        return undefined;
      },
    });
    const { policy } = await openPolicy(server.url);
    const folder = await mkdtemp(join(tmpdir(), 'turnwise-tinker-'));
    const before = await policy.sample(request, new AbortController().signal);
    await policy.save(folder);
    await expect(policy.load(folder)).rejects.toMatchObject({ code: 'RUN_SERVER_FAILED' });
    expect([made.length, gone.length]).toEqual([2, 1]);
    expect(await policy.sample(request, new AbortController().signal)).toEqual(before);
    await policy[Symbol.asyncDispose]();
    expect(new Set(gone).size).toBe(2);
  });

  it('a redirect is not followed: the key would go along', async () => {
    const asked: (string | undefined)[] = [];
    const front = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    await expect(openPolicy(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'RUN_SERVER_FAILED',
      message: expect.stringContaining('answered 307') as unknown,
    });
    expect(asked).toEqual(['/api/v1/get_server_capabilities']);
    front.closeAllConnections();
    await new Promise((resolve) => front.close(resolve));
  });

  it('a server that stays away ends the run with a named error', async () => {
    let down = false;
    const server = await open({ fault: () => (down ? 'unavailable' : null) });
    const { policy } = await openPolicy(server.url, { patienceSeconds: 0.05 });
    down = true;
    await expect(policy.forwardBackward(arbitraryBatch(1, 12), plain)).rejects.toMatchObject({
      code: 'RUN_SERVER_FAILED',
      message: expect.stringContaining('503') as unknown,
    });
    await policy[Symbol.asyncDispose]();
  });
});
