import type { z } from 'zod';

/** A request as a route sees it: allowed in, whole, and not longer than permitted. */
export interface RouteRequest {
  readonly body: string;
  /** Lower-case media type without parameters; empty when the client sent none. */
  readonly contentType: string;
  /** Parameters of the address. */
  readonly query: Readonly<Record<string, string>>;
  /** Aborted when the request takes too long or its client has gone. */
  readonly signal: AbortSignal;
}

/** A reply of one JSON value a line, where the request was lines too. */
export class JsonLines {
  constructor(readonly values: readonly unknown[]) {}
}

/** An address that takes POST. From the same table come the routes and the OpenAPI document. */
export interface Route {
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** The JSON body a client may send. Some routes accept more than this for older clients. */
  readonly request: z.ZodType;
  /** The JSON body of a reply with status 200. */
  readonly reply: z.ZodType;
  /** Parameters of the address. */
  readonly query?: z.ZodObject;
  /** Whether a body may also be lines of JSON, each one element of this key of the request. */
  readonly linesOf?: string;
  /** The value to reply with. Throws an `HttpFailure` for what cannot be answered. */
  handle(request: RouteRequest): Promise<unknown>;
}
