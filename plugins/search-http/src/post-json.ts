import { boundedBytes, SearchFailure } from '@turnwise/core';

/** Where and how requests are sent. */
export interface Endpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxReplyBytes: number;
}

/**
 * Posts a JSON body and reads the JSON reply. Rejects with a `SearchFailure` carrying the HTTP status, with fetch's
 * error (its cause has the system code) when the connection is lost, and with the signal's reason when aborted.
 */
export async function postJson(endpoint: Endpoint, body: object, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...endpoint.headers },
    body: JSON.stringify(body),
    // Followed, a redirect would take the configured headers, keys among them, to wherever it leads.
    redirect: 'manual',
    signal,
  });
  const text = await readText(response, endpoint.maxReplyBytes);
  const place = `${endpoint.url.origin}${endpoint.url.pathname}`;
  if (!response.ok) {
    const excerpt = text.trim().slice(0, 200);
    throw new SearchFailure(`HTTP ${response.status} from ${place}${excerpt === '' ? '' : `: ${excerpt}`}`, {
      status: response.status,
      retryAfterSeconds: secondsOf(response.headers.get('retry-after')),
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SearchFailure(`The reply of ${place} is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}

async function readText(response: Response, mostBytes: number): Promise<string> {
  try {
    return (await boundedBytes(response.body, mostBytes)).toString('utf8');
  } catch (cause) {
    throw cause instanceof RangeError ? new SearchFailure(cause.message) : cause;
  }
}

/** `Retry-After` in seconds; dates, which servers of this kind do not send, are not read. */
function secondsOf(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header.trim()) ? Number(header) : null;
}
