/**
 * What a search tool throws when its back end refused or broke: the layer reads `status` to decide whether another try
 * makes sense. Tools may as well throw any error with a `status` or a system `code`.
 */
export class SearchFailure extends Error {
  /** HTTP status or the like; null when there was none. */
  readonly status: number | null;
  /** The back end's wish before the next try, in seconds; null when it has none. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    details: { status?: number | null; retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SearchFailure';
    this.status = details.status ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

const lostConnection = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'],
]);

/** How often causes of causes are followed. */
const depth = 4;

/** Whether the same call may succeed later: a lost connection, 429 or 5xx, anywhere in the chain of causes. */
export function isTransient(error: unknown): boolean {
  return chain(error).some(({ status, code }) => {
    if (typeof status === 'number') return status === 429 || (status >= 500 && status < 600);
    return typeof code === 'string' && lostConnection.has(code);
  });
}

/** Whether the back end answered and refused this very call (4xx but 429): one query of the batch may be to blame. */
export function isRefusal(error: unknown): boolean {
  return chain(error).some(
    ({ status }) => typeof status === 'number' && status >= 400 && status < 500 && status !== 429,
  );
}

/** Seconds the back end asked to wait; 0 when it did not. */
export function retryAfter(error: unknown): number {
  const asked = chain(error).find(({ retryAfterSeconds }) => typeof retryAfterSeconds === 'number');
  return typeof asked?.retryAfterSeconds === 'number' ? Math.max(0, asked.retryAfterSeconds) : 0;
}

interface ErrorFields {
  readonly status?: unknown;
  readonly code?: unknown;
  readonly retryAfterSeconds?: unknown;
}

function chain(error: unknown): ErrorFields[] {
  const links: ErrorFields[] = [];
  for (let link = error; typeof link === 'object' && link !== null && links.length < depth;) {
    links.push(link);
    link = (link as { cause?: unknown }).cause;
  }
  return links;
}
