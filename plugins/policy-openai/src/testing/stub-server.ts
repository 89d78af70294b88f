import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the stub saw it. */
export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Counted from 0 at this server. */
  readonly index: number;
}

/** What the stub does: a JSON reply, a status with headers, a text that is no JSON, or a connection that is cut. */
export type StubReply =
  | { readonly json: unknown }
  | { readonly status: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string }
  | 'cut';

export interface StubServer extends AsyncDisposable {
  /** Up to `/v1`. */
  readonly url: string;
  readonly requests: readonly StubRequest[];
  /** Most requests that were under way at once. */
  readonly busiest: () => number;
}

/** An OpenAI-compatible server that does what it is told. */
export async function stubServer(reply: (request: StubRequest) => StubReply | Promise<StubReply>): Promise<StubServer> {
  const requests: StubRequest[] = [];
  let underWay = 0;
  let busiest = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    busiest = Math.max(busiest, ++underWay);
    outgoing.on('close', () => underWay--);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const request = { path: incoming.url ?? '', headers: incoming.headers, body, index: requests.length };
      requests.push(request);
      void Promise.resolve(reply(request)).then((answer) => {
        if (answer === 'cut') return incoming.socket.destroy();
        if ('text' in answer) return outgoing.end(answer.text);
        const { status = 200, headers = {} } = 'status' in answer ? answer : {};
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
        return outgoing.end(JSON.stringify(answer.json ?? {}));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    busiest: () => busiest,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
