import type { IncomingHttpHeaders } from 'node:http';
import { TurnwiseError } from '@turnwise/core';
import { Pool, type Dispatcher } from 'undici';
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

/** Longer replies are not read: a turn is a few kilobytes, with log-probabilities a few hundred. */
const mostReplyBytes = 67_108_864;

/** Where requests go: connections are kept, as a trajectory asks the same server turn after turn. */
interface Place {
  readonly pool: Pool;
  readonly path: string;
}

const pools = new Map<string, Pool>();
const places = new Map<string, Place>();

function placeOf(address: string): Place {
  const known = places.get(address);
  if (known !== undefined) return known;
  const { origin, pathname, search } = new URL(address);
  // How long a request may take is the caller's to say.
  const pool = pools.get(origin) ?? new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
  pools.set(origin, pool);
  const place = { pool, path: pathname + search };
  places.set(address, place);
  return place;
}

/**
 * The JSON a server replies with. Throws a `RequestFailure`, or the reason of an abort. undici's bare `dispatch`:
 * `fetch` and `node:http` cost several times as much processor time a request, and there are thousands of small ones.
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
    const { pool, path } = placeOf(address);
    const chunks: Buffer[] = [];
    let size = 0;
    let [status, headers]: [number, IncomingHttpHeaders] = [0, {}];
    let controller: Dispatcher.DispatchController | null = null;
    let ended = false;
    const end = (finish: () => void): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      leave();
      finish();
    };
    const give = (reason: Error): void => {
      end(() => reject(reason));
      controller?.abort(reason);
    };
    const timer = setTimeout(() => {
      give(new RequestFailure(`${address} took longer than ${timeoutSeconds} s`, true, null));
    }, timeoutSeconds * 1000);
    const leave = onAbort(signal, () => give(signal.reason as Error));
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const request = {
      path,
      method: 'POST' as const,
      headers: { 'content-type': 'application/json', ...authorization },
    };
    pool.dispatch(
      { ...request, body },
      {
        onRequestStart(started) {
          controller = started;
          // It ended while it waited for a connection.
          if (ended) started.abort(new Error('no longer wanted'));
        },
        onResponseStart(_controller, code, fields) {
          status = code;
          headers = fields;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > mostReplyBytes) {
            give(new RequestFailure(`${address} sent more than ${mostReplyBytes} bytes`, false, null));
          } else chunks.push(chunk);
        },
        onResponseEnd() {
          end(() => resolve({ status, headers, text: Buffer.concat(chunks).toString() }));
        },
        onResponseError(_controller, error) {
          end(() => reject(new RequestFailure(`${address} cannot be reached: ${error.message}`, true, null)));
        },
      },
    );
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
