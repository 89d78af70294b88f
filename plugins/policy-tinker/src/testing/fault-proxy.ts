import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What goes wrong with one request on its way. */
export type WireFault =
  /** The connection breaks before the server sees the request. */
  | 'lost-request'
  /** The server does the work; the reply never arrives. */
  | 'lost-reply'
  /** The network delivers the request twice. */
  | 'twice'
  | 'too-many'
  | 'unavailable'
  /** The reply is cut off. */
  | 'cut'
  /** The front of the server goes down: all connections break and new ones are refused for a moment. */
  | 'restart'
  | null;

/** Asked for every request, counted from 0. */
export type FaultPlan = (path: string, count: number) => WireFault;

export interface FaultProxy {
  readonly url: string;
  close(): Promise<void>;
}

const downMilliseconds = 20;

/** Stands before any server and lets requests and replies go wrong as planned. */
export async function createFaultProxy(target: string, plan: FaultPlan): Promise<FaultProxy> {
  let count = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').replace('/api/v1', '');
    const body = await bytesOf(request);
    const forward = (): Promise<Reply> => pass(target, request, body);
    const fault = plan(path, count++);
    const answer = (status: number, headers: Record<string, string>, text: string | Buffer): void =>
      void response.writeHead(status, headers).end(text);
    if (fault === 'restart') restart();
    else if (fault === 'lost-request') request.socket.destroy();
    else if (fault === 'too-many') answer(429, { 'retry-after': '0' }, '{"detail":"too many requests"}');
    else if (fault === 'unavailable') answer(503, {}, '{"detail":"starting"}');
    else {
      if (fault === 'twice') await forward();
      const reply = await forward();
      if (fault === 'lost-reply') request.socket.destroy();
      else if (fault === 'cut') answer(200, { 'content-type': 'application/json' }, '{"cut');
      else answer(reply.status, { 'content-type': reply.type }, reply.body);
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  let restarting = Promise.resolve();
  const restart = (): void => {
    restarting = restarting
      .then(stop)
      .then(() => pause(downMilliseconds))
      .then(() => listen(port));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await restarting;
      await stop();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

function pass(target: string, request: IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method: request.method ?? 'GET', headers: { ...request.headers, host: new URL(target).host } };
    const outgoing = httpRequest(new URL(request.url ?? '/', target), options, (incoming) => {
      bytesOf(incoming).then((bytes) => {
        const type = incoming.headers['content-type'] ?? 'application/json';
        resolve({ status: incoming.statusCode ?? 502, type, body: bytes });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
