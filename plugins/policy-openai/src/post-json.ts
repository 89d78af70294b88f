import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { TurnwiseError } from '@turnwise/core';
import { onAbort } from './on-abort.js';

/** A request that was not answered as hoped. */
export class RequestFailure extends Error {
  constructor(
    message: string,
    /** Whether another try may succeed. */
    readonly passes: boolean,
    /** Milliseconds the server asks to wait, if it does. */
    readonly wait: number | null,
  ) {
    super(message);
    this.name = 'RequestFailure';
  }
}

/** Statuses that pass: time-outs, conflicts, too early, too many, and what is wrong at the server's side. */
function mayPass(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || status >= 500;
}

/** Connections are kept: a trajectory asks the same server turn after turn. */
const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/**
 * The JSON a server replies with. Throws a `RequestFailure`, or the reason of an abort. Plain `node:http`: `fetch` costs
 * several times as much processor time a request, and there are thousands of small ones.
 */
export async function postJson(
  address: string,
  body: unknown,
  key: string | undefined,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<unknown> {
  const { status, headers, text } = await exchange(address, JSON.stringify(body), key, timeoutSeconds, signal);
  if (status < 200 || status > 299) {
    throw new RequestFailure(`${address} answered ${status}: ${messageOf(text)}`, mayPass(status), waitOf(headers));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RequestFailure(`${address} answered with something that is not JSON`, true, null);
  }
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function exchange(
  address: string,
  body: string,
  key: string | undefined,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const url = new URL(address);
    const options = {
      method: 'POST',
      agent: url.protocol === 'https:' ? agents['https:'] : agents['http:'],
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const end = (finish: () => void): void => {
      clearTimeout(timer);
      leave();
      finish();
    };
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        end(() => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
    });
    function fail(error: Error): void {
      end(() => reject(new RequestFailure(`${address} cannot be reached: ${error.message}`, true, null)));
    }
    function stop(): void {
      end(() => reject(signal.reason as Error));
      request.destroy();
    }
    const timer = setTimeout(() => {
      end(() => reject(new RequestFailure(`${address} took longer than ${timeoutSeconds} s`, true, null)));
      request.destroy();
    }, timeoutSeconds * 1000);
    const leave = onAbort(signal, stop);
    request.on('error', fail);
    request.end(body);
  });
}

/** Servers say what is wrong in `error.message`, in `message` or `detail`; never more than a line of it. */
function messageOf(text: string): string {
  try {
    const { error, message, detail } = JSON.parse(text) as Record<string, unknown>;
    const inner = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    const said = inner ?? message ?? detail;
    return (typeof said === 'string' ? said : text).slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}

/** `Retry-After` in seconds or as a date. */
function waitOf({ 'retry-after': asked }: IncomingHttpHeaders): number | null {
  if (asked === undefined) return null;
  const seconds = Number(asked);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(asked) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 120_000) : null;
}

/** As a failure of the rollout, for the trajectory it ended. */
export function rolloutFailure(failure: RequestFailure, tries: number): TurnwiseError {
  return new TurnwiseError('ROLLOUT_POLICY', `${failure.message}${tries > 1 ? ` (${tries} tries)` : ''}`, {
    where: 'policy openai',
    cause: failure,
  });
}
