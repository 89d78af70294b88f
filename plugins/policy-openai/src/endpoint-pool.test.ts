import { afterEach, describe, expect, it } from '@jest/globals';
import { EndpointPool } from './endpoint-pool.js';
import { chat, endServers, policy, request, serve, signal } from './stub-policy.fixture.js';
import type { StubReply } from './testing/stub-server.js';

afterEach(endServers);

describe('the pool', () => {
  it('shares the load, keeps to the limit of each server, and a trajectory to its server', async () => {
    const slow = (): Promise<StubReply> => new Promise((resolve) => setTimeout(() => resolve(chat('ok')), 5));
    const all = [await serve(slow), await serve(slow), await serve(slow)];
    const one = policy(all, { concurrency: 4 });
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => one.sample(request({ trajectoryId: `t${index % 30}` }), signal)),
    );
    expect(all.reduce((sum, { requests }) => sum + requests.length, 0)).toBe(60);
    for (const server of all) {
      expect(server.busiest()).toBeLessThanOrEqual(4);
      expect(server.requests.length).toBeGreaterThan(10);
    }
    const alone = policy(all);
    for (let turn = 0; turn < 4; turn++) await alone.sample(request({ trajectoryId: 'same', seed: 77, turn }), signal);
    const homes = all.map(({ requests }) => requests.filter(({ body }) => body['seed'] === 77).length);
    expect(homes.sort()).toEqual([0, 0, 4]);
  });

  it('rests a server once for requests that fail together, and who came first goes first when it wakes', async () => {
    let now = 0;
    const pool = new EndpointPool(['http://a', 'http://b'], 4, { now: () => now });
    const ask = (key: string, work: (url: string) => Promise<string>): Promise<string> =>
      pool.run(key, signal, work, () => true);
    // Four at a and four at b, as they are equally loaded; those at a fail together.
    const [failing, lasting]: [((error: Error) => void)[], ((url: string) => void)[]] = [[], []];
    const first = Array.from({ length: 8 }, (_, index) =>
      ask(`t${index}`, (url) =>
        url === 'http://a'
          ? new Promise<string>((_resolve, reject) => failing.push(reject))
          : new Promise<string>((resolve) => lasting.push(resolve)),
      ),
    );
    const ends = Promise.allSettled(first);
    await new Promise(setImmediate);
    expect([failing.length, lasting.length]).toEqual([4, 4]);
    for (const fail of failing) fail(new Error('down'));
    await new Promise(setImmediate);
    const order: string[] = [];
    const come = (key: string): Promise<string> =>
      ask(key, (url) => {
        order.push(`${key} ${url}`);
        return Promise.resolve(url);
      });
    const waiting = [come('early'), come('second')];
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    // One failure rests a server for half a second, four for four seconds.
    now = 501;
    waiting.push(come('late'));
    await Promise.all(waiting);
    expect(order).toEqual(['early http://a', 'second http://a', 'late http://a']);
    for (const done of lasting) done('b');
    await ends;
  });
});
