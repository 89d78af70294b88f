import { TurnwiseError } from '@turnwise/core';

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

/** The JSON a server replies with. Throws a `RequestFailure`, or the reason of an abort. */
export async function postJson(
  url: string,
  body: unknown,
  key: string | undefined,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, timeout]),
    });
    const text = await response.text();
    if (!response.ok) {
      const said = messageOf(text);
      throw new RequestFailure(
        `${url} answered ${response.status}: ${said}`,
        mayPass(response.status),
        waitOf(response),
      );
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new RequestFailure(`${url} answered with something that is not JSON`, true, null);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RequestFailure) throw error;
    if (timeout.aborted) throw new RequestFailure(`${url} took longer than ${timeoutSeconds} s`, true, null);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RequestFailure(`${url} cannot be reached: ${cause}`, true, null);
  }
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
function waitOf({ headers }: Response): number | null {
  const asked = headers.get('retry-after');
  if (asked === null) return null;
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
