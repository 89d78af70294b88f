import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { protobufType } from '../protobuf.js';
import { createFaultProxy, type FaultPlan } from './fault-proxy.js';
import { ToyEngine, Refusal, type EngineOptions, type PendingFuture } from './toy-engine.js';
import { decodeForwardBackwardRequest, encodeForwardBackwardResult, encodeSampleResult } from './toy-protobuf.js';

export interface TinkerServerOptions extends EngineOptions {
  /** What goes wrong on the wire. Default: nothing. */
  readonly fault?: FaultPlan;
  /** How many polls a future stays pending, and how that is said. Default: 0. */
  readonly pending?: (path: string) => PendingFuture;
  /** Like SkyRL since 0.4: updates are taken in protobuf only, updates and samples answered in it. Default: JSON. */
  readonly protobuf?: boolean;
  /** Answers in place of the server, for what it would never say by itself. */
  readonly instead?: (path: string, body: Readonly<Record<string, unknown>>) => Answer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: object | string;
}

/** One request as it arrived, whatever form it had. */
interface Arrival {
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
  /** Path of the request behind a future, as results in protobuf are told apart by it. */
  const origins = new Map<string, string>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').replace('/api/v1', '');
    const bytes = await bytesOf(request);
    const binary = request.headers['content-type'] === protobufType;
    if (options.protobuf === true && path === '/forward_backward' && !binary) {
      reply(response, { status: 415, body: { detail: `forward_backward requires a ${protobufType} body` } });
      return;
    }
    const text = binary ? null : bytes.toString('utf8') || '{}';
    const body = text === null ? decodeForwardBackwardRequest(bytes) : (JSON.parse(text) as Record<string, unknown>);
    arrivals.push({ path, body });
    const answer = options.instead?.(path, body) ?? attempt(engine, path, body, options);
    const { request_id: id } = answer.body as { request_id?: string };
    if (path !== '/retrieve_future' && id !== undefined) origins.set(id, path);
    const origin = path === '/retrieve_future' ? origins.get(String(body['request_id'])) : undefined;
    const encoded = options.protobuf === true && answer.status === 200 ? encode(origin, answer.body) : null;
    if (encoded === null) reply(response, answer);
    else response.writeHead(200, { 'content-type': protobufType }).end(encoded);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = options.fault ? await createFaultProxy(own, options.fault) : null;
  return {
    url: proxy?.url ?? own,
    arrivals,
    engine,
    close: async () => {
      await proxy?.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Results of samples and updates, unless they are still pending. */
function encode(origin: string | undefined, body: object | string): Uint8Array | null {
  if (origin === '/asample' && 'sequences' in Object(body)) return encodeSampleResult(body as never);
  if (origin === '/forward_backward' && 'loss_fn_outputs' in Object(body))
    return encodeForwardBackwardResult(body as never);
  return null;
}

function attempt(engine: ToyEngine, path: string, body: Record<string, unknown>, options: TinkerServerOptions): Answer {
  try {
    return { status: 200, body: engine.answer(path, body, options.pending?.(path)) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { detail: error.message } };
    return { status: 500, body: { detail: String(error) } };
  }
}

function reply(response: ServerResponse, { status, body }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
