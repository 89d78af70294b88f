import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { boundedFetch } from './bounded-fetch.js';

let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer(({ url: path }, response) => {
    if (path === '/empty') response.writeHead(202).end();
    else if (path === '/short') response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
    else {
      const piece = Buffer.alloc(1 << 20, 32);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('boundedFetch', () => {
  it('gives a reply as it is', async () => {
    const response = await boundedFetch(`${url}/short`, { method: 'POST', body: '' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual({ a: 1 });
    expect((await boundedFetch(`${url}/empty`, { method: 'POST', body: '' })).status).toBe(202);
  });

  it('ends a reply to a call that does not end by itself', async () => {
    const response = await boundedFetch(`${url}/endless`, { method: 'POST', body: '' });
    await expect(response.text()).rejects.toThrow('The reply is longer than 67108864 bytes.');
  });
});
