import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ToyEngine, Refusal, type EngineOptions } from './toy-engine.js';

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
  | null;

export interface TinkerServerOptions extends EngineOptions {
  /** Asked for every request. Default: nothing goes wrong. */
  readonly fault?: (path: string, count: number) => WireFault;
  /** How many polls a future stays pending, and how that is said. Default: 0. */
  readonly pending?: (path: string) => { readonly polls: number; readonly say: 'try_again' | '408' };
}

/** One request as it arrived. */
export interface Arrival {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TinkerServer {
  readonly url: string;
  /** Every request that reached the server, in order. */
  readonly arrivals: readonly Arrival[];
  readonly engine: ToyEngine;
  close(): Promise<void>;
}

/**
 * A server of the Tinker REST API in this process, with a toy policy that learns by exact gradients: what the tests of
 * this client run against, and other tests may.
 */
export async function createTinkerServer(options: TinkerServerOptions): Promise<TinkerServer> {
  const engine = new ToyEngine(options);
  const arrivals: Arrival[] = [];
  let count = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').replace('/api/v1', '');
    const body = JSON.parse((await textOf(request)) || '{}') as Record<string, unknown>;
    const fault = options.fault?.(path, count++) ?? null;
    if (fault === 'lost-request') return void request.socket.destroy();
    if (fault === 'too-many') {
      reply(response, 429, { detail: 'too many requests' }, { 'retry-after': '0' });
      return;
    }
    if (fault === 'unavailable') {
      reply(response, 503, { detail: 'starting' });
      return;
    }
    arrivals.push({ path, body });
    if (fault === 'twice') {
      arrivals.push({ path, body });
      attempt(engine, path, body, options);
    }
    const { status, result } = attempt(engine, path, body, options);
    if (fault === 'lost-reply') return void request.socket.destroy();
    if (fault === 'cut') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"cut');
    reply(response, status, result);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    engine,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function attempt(
  engine: ToyEngine,
  path: string,
  body: Record<string, unknown>,
  options: TinkerServerOptions,
): { status: number; result: object } {
  try {
    return { status: 200, result: engine.answer(path, body, options.pending?.(path)) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, result: { detail: error.message } };
    return { status: 500, result: { detail: String(error) } };
  }
}

function reply(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
