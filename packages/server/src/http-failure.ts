import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** A request that gets an error reply. The message goes to the client: it says what to change and nothing of inside. */
export class HttpFailure extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpFailure';
  }
}
