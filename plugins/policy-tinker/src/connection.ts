import { setTimeout as wait } from 'node:timers/promises';
import { Wire, type Exchange } from './exchange.js';
import { detailOf, neverDone, outOfReach, refused, requestFailed, resultLost, stateLost } from './wire-failure.js';

/** Where the server is and how long to bear with it. */
export interface ConnectionOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pollSeconds: number;
  readonly patienceSeconds: number;
  readonly resultSeconds: number;
  readonly retryMilliseconds: number;
  /** Told, once for each reason, why the server makes this client wait. */
  readonly onPause?: (message: string) => void;
}

/** Statuses after which the same request is sent again: billing, time-out, too early, too many. */
const passing = new Set([402, 408, 425, 429]);
const largestPause = 30_000;
const submitSeconds = 60;

/** The body of a request, or what makes one for each time it is asked anew. */
type Body = object | (() => object);

const isMaker = (body: Body): body is () => object => typeof body === 'function';

/**
 * Requests to a Tinker server and the futures they return. Everything sent through here may arrive twice: training
 * requests carry a `seq_id` under which the server knows a repetition, the others change nothing that counts.
 */
export class Connection {
  private readonly wire: Wire;
  private readonly told = new Set<string>();

  constructor(private readonly options: ConnectionOptions) {
    this.wire = new Wire(options.url, options.headers);
  }

  /** Sends a request and waits for its future. */
  async work(path: string, body: Body, signal: AbortSignal): Promise<unknown> {
    return (await this.submit(path, body, signal))();
  }

  /**
   * Sends a request; the returned function waits for its future. When that has expired (410), the request is sent
   * again: under its own number if it has one, so that work that was done is not done twice. A server that lets one
   * after another expire has lost the result.
   */
  async submit(path: string, body: Body, signal: AbortSignal): Promise<() => Promise<unknown>> {
    const send = (): Promise<unknown> => this.post(path, isMaker(body) ? body() : body, signal);
    let id = requestId(path, await send());
    return async () => {
      for (let again = 0; ; again++) {
        const result = await this.await(path, id, signal);
        if (result !== expired) return result;
        if (again >= 3) throw resultLost(path);
        id = requestId(path, await send());
      }
    };
  }

  get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.post(path, null, signal);
  }

  /** The reply to a request, which is repeated while the server is out of reach, overloaded or not ready. */
  async post(path: string, body: object | null, signal: AbortSignal): Promise<unknown> {
    const patience = this.patience(path, signal);
    for (let attempts = 1; ; attempts++) {
      const exchange = await this.wire.exchange({ path, body, seconds: submitSeconds }, signal);
      if (exchange.kind === 'reply') {
        const { status, body: reply, text } = exchange;
        if (status >= 200 && status < 300) return reply;
        if (status === 404) throw stateLost(path, detailOf(reply, text));
        if (status < 500 && !passing.has(status)) throw refused(path, status, detailOf(reply, text), attempts);
      }
      await patience(exchange);
    }
  }

  private async await(path: string, id: string, signal: AbortSignal): Promise<unknown> {
    const { pollSeconds, resultSeconds, retryMilliseconds } = this.options;
    const poll = { path: '/retrieve_future', body: { request_id: id }, seconds: pollSeconds, resultOf: path };
    let patience = this.patience(path, signal);
    let end = performance.now() + resultSeconds * 1000;
    /** The clock stands while the server says that it is paused: it was heard then. */
    const pending = (paused: boolean): void => {
      if (paused) end = Number.POSITIVE_INFINITY;
      else if (end === Number.POSITIVE_INFINITY) end = performance.now() + resultSeconds * 1000;
      else if (performance.now() > end) throw neverDone(path, resultSeconds);
    };
    for (let doubtful = 0; ;) {
      const asked = performance.now();
      const exchange = await this.wire.exchange(poll, signal);
      if (exchange.kind === 'slow') {
        pending(false);
        continue;
      }
      if (exchange.kind === 'reply') {
        const { status, body, text } = exchange;
        const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
        if (status === 408 || fields['type'] === 'try_again') {
          const paused = this.isPaused(fields);
          patience = this.patience(path, signal);
          pending(paused);
          // A server that holds the call needs no pause; one that answers at once would be asked in a tight loop.
          if (paused || performance.now() - asked < retryMilliseconds) await pause(retryMilliseconds, signal);
          continue;
        }
        if (status === 200) {
          if (fields['status'] === 'complete_metadata') {
            pending(false);
            if (performance.now() - asked < retryMilliseconds) await pause(retryMilliseconds, signal);
            continue;
          }
          if (fields['error'] != null) throw requestFailed(path, detailOf(body, text));
          return body;
        }
        if (status === 404) throw stateLost(path, detailOf(body, text));
        if (status === 410) return expired;
        // SkyRL tells a failure by 400 with a reason; without one it may be a proxy's.
        if (status === 400 && (typeof fields['detail'] === 'string' || ++doubtful >= 3)) {
          throw requestFailed(path, detailOf(body, text));
        }
        if (status !== 400 && status < 500 && !passing.has(status))
          throw refused(path, status, detailOf(body, text), 1);
      }
      await patience(exchange);
    }
  }

  /** Whether a pending future waits for capacity or a rate limit, which is told once. */
  private isPaused({ queue_state: state, queue_state_reason: why }: Record<string, unknown>): boolean {
    if (typeof state !== 'string' || !state.startsWith('paused')) return false;
    this.tell(
      `the server makes this client wait (${state}${typeof why === 'string' ? `: ${detailOf(why, why)}` : ''})`,
    );
    return true;
  }

  private tell(message: string): void {
    if (this.told.has(message)) return;
    this.told.add(message);
    this.options.onPause?.(message);
  }

  /** Waits before the next attempt, longer each time; throws when patience is spent. */
  private patience(path: string, signal: AbortSignal): (last: Exchange) => Promise<void> {
    const { patienceSeconds, retryMilliseconds } = this.options;
    const end = performance.now() + patienceSeconds * 1000;
    let wait = retryMilliseconds;
    return async (last) => {
      const asked = last.kind === 'reply' ? last.retryAfter * 1000 : 0;
      const next = Math.max(asked, wait * (0.75 + Math.random() / 2));
      const why = told(last);
      if (performance.now() + next > end) {
        throw outOfReach(path, patienceSeconds, why, last.kind === 'lost' ? last.cause : undefined);
      }
      if (last.kind === 'reply' && last.status === 402) this.tell(`the server waits to be paid: ${why}`);
      wait = Math.min(wait * 2, largestPause);
      await pause(next, signal);
    };
  }
}

/** Through a signal of its own: hundreds of requests wait at once, and a signal warns of more than ten listeners. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, null, { signal: AbortSignal.any([signal]) });
}

const expired = Symbol('expired');

function requestId(path: string, accepted: unknown): string {
  const { request_id: id } = (accepted ?? {}) as { request_id?: unknown };
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  throw requestFailed(path, 'the reply names no request_id');
}

function told(last: Exchange): string {
  if (last.kind === 'reply') return `${last.status} ${detailOf(last.body, last.text)}`;
  if (last.kind === 'slow') return 'none in time';
  const { cause } = last;
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}
