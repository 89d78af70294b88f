import { boundedBytes } from '@turnwise/core';
import { decodeForwardBackward, decodeSample, encodeForwardBackward, protobufType } from './protobuf.js';
import type { ForwardBackwardBody } from './protobuf.js';

/** Longer replies are not read; a log-probability takes about 20 bytes in JSON. */
const mostReplyBytes = 268_435_456;

/** What became of one request. */
export type Exchange =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly body: unknown;
      readonly text: string;
      readonly retryAfter: number;
    }
  | { readonly kind: 'lost'; readonly cause: unknown }
  | { readonly kind: 'slow' };

export interface Outgoing {
  readonly path: string;
  /** `null`: a GET. */
  readonly body: object | null;
  readonly seconds: number;
  /** Path of the request whose result is asked for: results have no name in their binary form. */
  readonly resultOf?: string;
}

/** Results that some servers send in their binary form. */
const binaryResults: Readonly<Record<string, (bytes: Uint8Array) => object>> = {
  '/asample': decodeSample,
  '/forward_backward': decodeForwardBackward,
};

/**
 * One HTTP exchange at a time, in JSON. A server that answers a forward-backward request by 415, unsupported media
 * type, gets that one and all later ones in protobuf; nothing was done with it before.
 */
export class Wire {
  private binary = false;

  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @throws what the signal was aborted with, and nothing else */
  async exchange(outgoing: Outgoing, signal: AbortSignal): Promise<Exchange> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(outgoing.seconds * 1000);
    try {
      const response = await this.send(outgoing, AbortSignal.any([signal, timeout]));
      if (response.status === 415 && outgoing.path === '/forward_backward' && !this.binary) {
        await response.body?.cancel();
        this.binary = true;
        return await this.exchange(outgoing, signal);
      }
      return await read(response, outgoing);
    } catch (cause) {
      signal.throwIfAborted();
      return timeout.aborted ? { kind: 'slow' } : { kind: 'lost', cause };
    }
  }

  private send({ path, body }: Outgoing, signal: AbortSignal): Promise<Response> {
    const binary = this.binary && path === '/forward_backward';
    const content = binary ? encodeForwardBackward(body as ForwardBackwardBody) : JSON.stringify(body);
    return fetch(`${this.url.replace(/\/+$/, '')}/api/v1${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: {
        accept: this.binary ? `${protobufType}, application/json` : 'application/json',
        'content-type': binary ? protobufType : 'application/json',
        ...this.headers,
      },
      ...(body === null ? {} : { body: content }),
      // Followed, a redirect would take the key to wherever it leads.
      redirect: 'manual',
      signal,
    });
  }
}

async function read(response: Response, { path, resultOf = path }: Outgoing): Promise<Exchange> {
  const { status, headers } = response;
  const asked = Number(headers.get('retry-after') ?? 0);
  const retryAfter = Number.isFinite(asked) ? asked : 0;
  const decode = binaryResults[resultOf];
  if (status === 200 && decode && headers.get('content-type')?.startsWith(protobufType) === true) {
    const body = decode(new Uint8Array(await boundedBytes(response.body, mostReplyBytes)));
    return { kind: 'reply', status, body, text: '', retryAfter };
  }
  const text = (await boundedBytes(response.body, mostReplyBytes)).toString('utf8');
  const body = parse(text);
  // A reply cut off or rewritten on the way is no reply.
  if (status === 200 && body === undefined) return { kind: 'lost', cause: new Error('a reply that is not JSON') };
  return { kind: 'reply', status, body, text, retryAfter };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
