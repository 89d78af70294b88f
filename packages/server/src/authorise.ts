import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpFailure } from './http-failure.js';
import { hostOf, isLoopback } from './loopback.js';

/**
 * Makes the check every request but GET /health passes. With a token: the request must carry it. Without one the
 * service listens on loopback only, and the `Host` header must name loopback too: otherwise a web page could reach the
 * service by a domain name that resolves to this machine. Nor may a page of elsewhere send anything by the right name:
 * a browser says whose page asks in `Origin`. Throws a 401 or 403.
 */
export function authoriser(token: string | undefined): (request: { readonly headers: IncomingHttpHeaders }) => void {
  if (token === undefined) {
    return ({ headers }) => {
      if (!isLoopback(hostOf(headers.host))) throw new HttpFailure(403, 'Only local names reach this service.');
      const { origin } = headers;
      if (origin !== undefined && !isLoopback(hostOf(origin.replace(/^[a-z]+:\/\//i, '')))) {
        throw new HttpFailure(403, 'Only local pages reach this service.');
      }
    };
  }
  const expected = digest(token);
  return ({ headers }) => {
    const given = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), expected)) {
      throw new HttpFailure(401, 'This service wants a bearer token.', { 'www-authenticate': 'Bearer' });
    }
  };
}

/** Digests have one length, which is what the comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
