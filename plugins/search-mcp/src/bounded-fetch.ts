/** Longer replies are not read: a call brings a few passages. */
const mostReplyBytes = 67_108_864;

/**
 * `fetch` whose replies to a POST, the answer to one call, end with an error when they are longer than
 * {@link mostReplyBytes}. The stream a server keeps open for its own messages (a GET) is as long as it likes: of it
 * nothing is held.
 */
export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { body, status, statusText, headers } = response;
  if (init?.method !== 'POST' || body === null) return response;
  let left = mostReplyBytes;
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) controller.error(new RangeError(`The reply is longer than ${mostReplyBytes} bytes.`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(bounded), { status, statusText, headers });
}
