import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SearchOutcome } from '../contract/index.js';
import { createSearchLayer } from './create-search-layer.js';
import { SearchFailure } from './failure.js';
import { foundFor, hang, layerOver, never, Tool } from './search-layer.fixture.js';

describe('sharing', () => {
  it('asks equal searches once, in flight and later, and tells apart what differs', async () => {
    const tool = new Tool();
    const { layer, time, ask } = await layerOver(tool);
    const together = Promise.all([ask('paris'), ask(' paris\n'), ask('Paris')]);
    await time.pass(2);
    expect((await together).map(({ hits }) => hits[0]?.id)).toEqual(['paris', 'paris', 'Paris']);
    expect((await ask('paris')).hits[0]?.id).toBe('paris');
    const other = layer.search(['paris'], { topK: 5, signal: never });
    await time.pass(2);
    await other;
    expect(tool.calls.map(({ queries, options }) => [queries, options.topK])).toEqual([
      [['paris', 'Paris'], 3],
      [['paris'], 5],
    ]);
    expect(layer.counters()).toMatchObject({ queries: 5, cacheHits: 1, shared: 1, calls: 2, outcomes: { ok: 5 } });
    expect(time.timers).toBe(0);
  });

  it('forgets the least recently used outcome, and keeps no failure', async () => {
    const tool = new Tool((queries, call) => (call === 3 ? [{ status: 'error', hits: [] }] : queries.map(foundFor)));
    const { time, ask } = await layerOver(tool, { cacheEntries: 2, batchWaitMilliseconds: 0 });
    for (const query of ['a', 'b', 'c', 'c', 'b', 'a']) {
      const outcome = ask(query);
      await time.pass(1);
      await outcome;
    }
    expect(tool.calls.map(({ queries }) => queries[0])).toEqual(['a', 'b', 'c', 'c', 'a']);
  });

  it('keeps going for the others when one caller gives up, and aborts the call when all have', async () => {
    const tool = new Tool((queries, call) =>
      call === 1 ? new Promise((resolve) => (tool.release = () => resolve(queries.map(foundFor)))) : hang(),
    ) as Tool & { release?: () => void };
    const { time, ask } = await layerOver(tool);
    const one = new AbortController();
    const leaving = ask('paris', one.signal);
    const staying = ask('paris');
    await time.pass(2);
    one.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    tool.release?.();
    await time.pass(0);
    expect((await staying).status).toBe('ok');

    const two = new AbortController();
    const alone = ask('oslo', two.signal);
    await time.pass(2);
    two.abort(new Error('gone too'));
    await expect(alone).rejects.toThrow('gone too');
    await time.pass(0);
    expect(tool.calls[1]?.options.signal.aborted).toBe(true);
    expect(time.timers).toBe(0);
    const again = ask('oslo');
    await time.pass(2);
    expect(tool.calls).toHaveLength(3);
    again.catch(() => undefined);
  });
});

describe('batches', () => {
  it('go when full or after the wait, and no more than so many at once', async () => {
    const releases: (() => void)[] = [];
    const tool = new Tool((queries) => new Promise((resolve) => releases.push(() => resolve(queries.map(foundFor)))));
    const { layer, time } = await layerOver(tool, { batchSize: 4, concurrency: 2, batchWaitMilliseconds: 5 });
    const queries = Array.from({ length: 14 }, (_, index) => `q${index}`);
    const outcomes = layer.search(queries, { topK: 3, signal: never });
    await time.pass(0);
    expect(tool.sizes).toEqual([4, 4]);
    releases.shift()?.();
    await time.pass(1);
    expect(tool.sizes).toEqual([4, 4, 4]);
    releases.shift()?.();
    releases.shift()?.();
    await time.pass(5);
    expect(tool.sizes).toEqual([4, 4, 4, 2]);
    releases.shift()?.();
    await time.pass(0);
    expect((await outcomes).map(({ hits }) => hits[0]?.id)).toEqual(queries);
  });
});

describe('time', () => {
  it('ends a query at its deadline, queue included, aborts its call and frees its place', async () => {
    const tool = new Tool((queries, call) => (call === 1 ? hang() : queries.map(foundFor)));
    const { layer, time } = await layerOver(tool, { timeoutSeconds: 0.1, concurrency: 1, batchSize: 1 });
    const outcomes = layer.search(['slow', 'queued'], { topK: 3, signal: never });
    await time.pass(100);
    expect((await outcomes).map(({ status, hits }) => [status, hits.length])).toEqual([
      ['timeout', 0],
      ['timeout', 0],
    ]);
    expect(tool.calls[0]?.options.signal.aborted).toBe(true);
    const next = layer.search(['next'], { topK: 3, signal: never });
    await time.pass(2);
    expect((await next)[0]?.status).toBe('ok');
    expect(layer.counters().outcomes).toEqual({ ok: 1, empty: 0, timeout: 2, error: 0 });
  });
});

describe('failures', () => {
  const failing = (error: unknown): never => {
    throw error;
  };

  it('tries lost connections, 429 and 5xx again, after longer and longer random pauses', async () => {
    const errors = [new SearchFailure('busy', { status: 503 }), Object.assign(new Error('x'), { code: 'ECONNRESET' })];
    const tool = new Tool((queries, call) => (errors[call - 1] ? failing(errors[call - 1]) : queries.map(foundFor)));
    const { layer, time, ask } = await layerOver(tool, { retrySeconds: 0.1, batchWaitMilliseconds: 0 });
    const outcome = ask('paris');
    await time.pass(49);
    expect(tool.calls).toHaveLength(1);
    await time.pass(2);
    expect(tool.calls).toHaveLength(2);
    await time.pass(97);
    expect(tool.calls).toHaveLength(2);
    await time.pass(4);
    expect((await outcome).status).toBe('ok');
    expect(layer.counters()).toMatchObject({ calls: 3, retries: 2, outcomes: { ok: 1, error: 0 } });
  });

  it('waits as long as the back end asks', async () => {
    const tool = new Tool((queries, call) =>
      call === 1
        ? failing(new SearchFailure('slow down', { status: 429, retryAfterSeconds: 2 }))
        : queries.map(foundFor),
    );
    const { time, ask } = await layerOver(tool);
    const outcome = ask('paris');
    await time.pass(1990);
    expect(tool.calls).toHaveLength(1);
    await time.pass(20);
    expect((await outcome).status).toBe('ok');
  });

  it('gives up after its attempts with an error outcome, and at once for what will not get better', async () => {
    const tool = new Tool((_queries, call) =>
      failing(call <= 3 ? new SearchFailure('down', { status: 500 }) : new Error('a bug')),
    );
    const { time, ask } = await layerOver(tool, { retrySeconds: 0.01 });
    const first = ask('paris');
    await time.pass(60);
    expect(await first).toEqual({ status: 'error', hits: [], message: 'down' });
    expect(tool.calls).toHaveLength(3);
    const second = ask('oslo');
    await time.pass(10);
    expect(await second).toEqual({ status: 'error', hits: [], message: 'a bug' });
    expect(tool.calls).toHaveLength(4);
  });

  it('halves a refused batch until the bad query stands alone', async () => {
    const tool = new Tool((queries) =>
      queries.includes('bad') ? failing(new SearchFailure('no', { status: 400 })) : queries.map(foundFor),
    );
    const { layer, time } = await layerOver(tool);
    const queries = ['a', 'b', 'bad', 'c', 'd', 'e', 'f'];
    const outcomes = layer.search(queries, { topK: 3, signal: never });
    await time.pass(5);
    expect((await outcomes).map(({ status }) => status)).toEqual(['ok', 'ok', 'error', 'ok', 'ok', 'ok', 'ok']);
  });

  it('opens the breaker, fails at once while it is open, and recovers by a probe', async () => {
    let down = true;
    const tool = new Tool((queries) =>
      down ? failing(new SearchFailure('down', { status: 502 })) : queries.map(foundFor),
    );
    const { layer, time, ask } = await layerOver(tool, { attempts: 1, breakerFailures: 2, breakerSeconds: 1 });
    const step = async (query: string): Promise<SearchOutcome> => {
      const outcome = ask(query);
      await time.pass(3);
      return outcome;
    };
    await step('a');
    await step('b');
    expect((await step('c')).message).toMatch(/given a rest/);
    expect(tool.calls).toHaveLength(2);
    down = false;
    await time.pass(1000);
    expect((await step('d')).status).toBe('ok');
    expect((await step('e')).status).toBe('ok');
    expect(layer.counters().breakerOpened).toBe(1);
  });

  it('counts a call as failed for the breaker when all of its outcomes are failures', async () => {
    const down = (query: string): SearchOutcome => ({ status: 'error', hits: [], message: `no ${query}` });
    const half = await layerOver(
      new Tool((queries) => queries.map((query, place) => (place === 0 ? down : foundFor)(query))),
      {
        breakerFailures: 1,
      },
    );
    const asked = half.layer.search(['a', 'b'], { topK: 3, signal: never });
    await half.time.pass(2);
    expect((await asked).map(({ status }) => status)).toEqual(['error', 'ok']);
    expect(half.layer.counters().breakerOpened).toBe(0);
    const all = await layerOver(new Tool((queries) => queries.map(down)), { breakerFailures: 1 });
    const failed = all.layer.search(['a', 'b'], { topK: 3, signal: never });
    await all.time.pass(2);
    await failed;
    expect(all.layer.counters()).toMatchObject({ breakerOpened: 1, outcomes: { error: 2 } });
  });

  it('rejects when the tool breaks its contract', async () => {
    const tool = new Tool(() => [foundFor('a')]);
    const { layer, time } = await layerOver(tool);
    const outcomes = layer.search(['a', 'b'], { topK: 3, signal: never });
    outcomes.catch(() => undefined);
    await time.pass(5);
    await expect(outcomes).rejects.toMatchObject({ code: 'CONTRACT_SEARCH_LENGTH' });
  });

  it('makes incoherent outcomes coherent', async () => {
    const hit = { id: 'a', title: '', text: '', score: 1 };
    const replies = [
      { status: 'ok', hits: [] },
      { status: 'empty', hits: [hit] },
      { status: 'error', hits: [hit], message: 'x' },
      { status: 'ok', hits: [hit, hit, hit, hit, hit] },
      { status: 'fine', hits: [hit] },
    ];
    const { layer, time } = await layerOver(new Tool(() => replies));
    const outcomes = layer.search(['a', 'b', 'c', 'd', 'e'], { topK: 3, signal: never });
    await time.pass(5);
    expect((await outcomes).map(({ status, hits }) => [status, hits.length])).toEqual([
      ['empty', 0],
      ['ok', 1],
      ['error', 0],
      ['ok', 3],
      ['error', 0],
    ]);
  });
});

describe('any mixture of callers, failures and limits', () => {
  it('gives every query exactly one outcome, its own, and leaves nothing behind', async () => {
    const plan = fc.record({
      queries: fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 6,
      }),
      replies: fc.array(fc.constantFrom('ok', 'down', 'refuse', 'hang', 'bug'), { maxLength: 12 }),
      options: fc.record({
        cacheEntries: fc.integer({ min: 0, max: 3 }),
        batchSize: fc.integer({ min: 1, max: 4 }),
        concurrency: fc.integer({ min: 1, max: 3 }),
        breakerFailures: fc.integer({ min: 0, max: 3 }),
        attempts: fc.integer({ min: 1, max: 3 }),
      }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ queries, replies, options }) => {
        const tool = new Tool((asked, call) => {
          const reply = replies[call - 1] ?? 'ok';
          if (reply === 'down') throw new SearchFailure('down', { status: 503 });
          if (reply === 'refuse') throw new SearchFailure('no', { status: 400 });
          if (reply === 'bug') throw new Error('bug');
          return reply === 'hang' ? hang() : asked.map(foundFor);
        });
        const { layer, time } = await layerOver(tool, {
          ...options,
          timeoutSeconds: 0.05,
          retrySeconds: 0.01,
          breakerSeconds: 0.02,
        });
        const searches = Promise.all(queries.map((batch) => layer.search(batch, { topK: 3, signal: never })));
        await time.pass(60);
        (await searches).forEach((outcomes, caller) => {
          outcomes.forEach(({ status, hits }, place) => {
            expect(['ok', 'timeout', 'error']).toContain(status);
            expect(hits.map(({ id }) => id)).toEqual(status === 'ok' ? [queries[caller]?.[place]] : []);
          });
        });
        const { outcomes, queries: asked } = layer.counters();
        expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(asked);
        await time.pass(60);
        expect(time.timers).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('many searches of one run', () => {
  it('raise no warning of a leak of listeners, in the layer or in a tool that listens query by query', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const tool = new Tool((queries, _call, options) => {
      for (const query of queries) options.signal.addEventListener('abort', () => query);
      return queries.map(foundFor);
    });
    const layer = await createSearchLayer(tool);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, (_, place) => layer.search([`query ${place}`], { topK: 1, signal })));
    await setImmediate();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('say why a connection was lost, not only that it was', async () => {
    const tool = new Tool(() => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:9') });
    });
    const layer = await createSearchLayer(tool, { attempts: 1 });
    const [outcome] = await layer.search(['x'], { topK: 1, signal: new AbortController().signal });
    expect(outcome).toMatchObject({ status: 'error', message: 'fetch failed: connect ECONNREFUSED 127.0.0.1:9' });
  });
});
