import { describe, expect, it } from '@jest/globals';
import { boundedBytes } from './bounded-bytes.js';

/** A stream without an end; `left` says whether its reader went away. */
function endless(state: { left: boolean }): AsyncIterable<Uint8Array> {
  return (async function* () {
    try {
      for (;;) yield await Promise.resolve(new Uint8Array(100));
    } finally {
      state.left = true;
    }
  })();
}

describe('boundedBytes', () => {
  it('gives all that comes, up to the limit and at it', async () => {
    const body = new Response('wörd').body;
    expect((await boundedBytes(body, 5)).toString()).toBe('wörd');
    expect(await boundedBytes(null, 0)).toHaveLength(0);
  });

  it('leaves a stream that is longer', async () => {
    const state = { left: false };
    await expect(boundedBytes(endless(state), 1000)).rejects.toThrow('The reply is longer than 1000 bytes.');
    expect(state.left).toBe(true);
  });
});
