import { setTimeout as pause } from 'node:timers/promises';
import { detailOf, outOfReach, refused, requestFailed, stateLost } from './wire-failure.js';

/** Where the server is and how long to bear with it. */
export interface ConnectionOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pollSeconds: number;
  readonly patienceSeconds: number;
  readonly retryMilliseconds: number;
}

type Exchange =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly body: unknown;
      readonly text: string;
      readonly retryAfter: number;
    }
  | { readonly kind: 'lost'; readonly cause: unknown }
  | { readonly kind: 'slow' };

/** Statuses after which the same request is sent again. */
const passing = new Set([402, 408, 425, 429]);
const largestPause = 30_000;
const submitSeconds = 60;

/**
 * Requests to a Tinker server and the futures they return. Everything sent through here may arrive twice: training
 * requests carry a `seq_id` under which the server knows a repetition, the others change nothing that counts.
 */
export class Connection {
  constructor(private readonly options: ConnectionOptions) {}

  /** Sends a request and waits for its future. One that expired is sent again as it was. */
  async work(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    return (await this.submit(path, body, signal))();
  }

  /** Sends a request; the returned function waits for its future. */
  async submit(path: string, body: object, signal: AbortSignal): Promise<() => Promise<unknown>> {
    let accepted = await this.post(path, body, signal);
    return async () => {
      for (let again = 0; ; again++) {
        const result = await this.await(path, requestId(path, accepted), signal);
        if (result !== expired) return result;
        if (again >= 3) throw requestFailed(path, 'its future expired again and again');
        accepted = await this.post(path, body, signal);
      }
    };
  }

  get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.post(path, null, signal);
  }

  /** The reply to a request, which is repeated while the server is out of reach, overloaded or not ready. */
  async post(path: string, body: object | null, signal: AbortSignal): Promise<unknown> {
    const patience = this.patience(path, signal);
    for (;;) {
      const exchange = await this.exchange(path, body, submitSeconds, signal);
      if (exchange.kind === 'reply') {
        const { status, body: reply, text } = exchange;
        if (status >= 200 && status < 300) return reply;
        if (status === 404) throw stateLost(path, detailOf(reply, text));
        if (status < 500 && !passing.has(status)) throw refused(path, status, detailOf(reply, text));
      }
      await patience(exchange);
    }
  }

  private async await(path: string, id: string, signal: AbortSignal): Promise<unknown> {
    const { pollSeconds, retryMilliseconds } = this.options;
    let patience = this.patience(path, signal);
    for (let doubtful = 0; ;) {
      const asked = performance.now();
      const exchange = await this.exchange('/retrieve_future', { request_id: id }, pollSeconds, signal);
      if (exchange.kind === 'slow') continue;
      if (exchange.kind === 'reply') {
        const { status, body, text } = exchange;
        const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
        const paused = typeof fields['queue_state'] === 'string' && fields['queue_state'].startsWith('paused');
        if (status === 408 || fields['type'] === 'try_again') {
          patience = this.patience(path, signal);
          // A server that holds the call needs no pause; one that answers at once would be asked in a tight loop.
          if (paused || performance.now() - asked < retryMilliseconds) await pause(retryMilliseconds, null, { signal });
          continue;
        }
        if (status === 200) {
          if (fields['status'] === 'complete_metadata') continue;
          if (fields['error'] != null) throw requestFailed(path, detailOf(body, text));
          return body;
        }
        if (status === 404) throw stateLost(path, detailOf(body, text));
        if (status === 410) return expired;
        // SkyRL tells a failure by 400 with a reason; without one it may be a proxy's.
        if (status === 400 && (typeof fields['detail'] === 'string' || ++doubtful >= 3)) {
          throw requestFailed(path, detailOf(body, text));
        }
        if (status !== 400 && status < 500 && !passing.has(status)) throw refused(path, status, detailOf(body, text));
      }
      await patience(exchange);
    }
  }

  /** Waits before the next attempt, longer each time; throws when patience is spent. */
  private patience(path: string, signal: AbortSignal): (last: Exchange) => Promise<void> {
    const { patienceSeconds, retryMilliseconds } = this.options;
    const end = performance.now() + patienceSeconds * 1000;
    let wait = retryMilliseconds;
    return async (last) => {
      const asked = last.kind === 'reply' ? last.retryAfter * 1000 : 0;
      const next = Math.max(asked, wait * (0.75 + Math.random() / 2));
      if (performance.now() + next > end) {
        const told =
          last.kind === 'reply'
            ? `${last.status} ${detailOf(last.body, last.text)}`
            : last.kind === 'slow'
              ? 'none in time'
              : reason(last.cause);
        throw outOfReach(path, patienceSeconds, told, last.kind === 'lost' ? last.cause : undefined);
      }
      wait = Math.min(wait * 2, largestPause);
      await pause(next, null, { signal });
    };
  }

  private async exchange(path: string, body: object | null, seconds: number, signal: AbortSignal): Promise<Exchange> {
    signal.throwIfAborted();
    const { url, headers } = this.options;
    const timeout = AbortSignal.timeout(seconds * 1000);
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}/api/v1${path}`, {
        method: body === null ? 'GET' : 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
        ...(body === null ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await response.text();
      const { status } = response;
      const retryAfter = Number(response.headers.get('retry-after') ?? 0);
      const parsed = parse(text);
      // A reply cut off or rewritten on the way is no reply.
      if (status === 200 && parsed === undefined) return { kind: 'lost', cause: new Error('a reply that is not JSON') };
      return { kind: 'reply', status, body: parsed, text, retryAfter: Number.isFinite(retryAfter) ? retryAfter : 0 };
    } catch (cause) {
      signal.throwIfAborted();
      return timeout.aborted ? { kind: 'slow' } : { kind: 'lost', cause };
    }
  }
}

const expired = Symbol('expired');

function requestId(path: string, accepted: unknown): string {
  const { request_id: id } = (accepted ?? {}) as { request_id?: unknown };
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  throw requestFailed(path, 'the reply names no request_id');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}
