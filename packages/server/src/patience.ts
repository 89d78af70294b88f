import type { HttpBindings } from '@hono/node-server';
import { HttpFailure } from './http-failure.js';

/** How long a request is worked on. */
export interface Patience {
  /** Aborted when the request takes too long or its client has gone. */
  readonly signal: AbortSignal;
  /** Rejects at the same moment, for work that does not look at the signal. */
  readonly lost: Promise<never>;
  end(): void;
}

export function startPatience({ outgoing }: HttpBindings, timeoutSeconds: number): Patience {
  const controller = new AbortController();
  const lost = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => {
      reject(controller.signal.reason as Error);
    });
  });
  // Whoever is not racing against it any more must not be troubled by it.
  lost.catch(() => undefined);
  const timer = setTimeout(() => {
    controller.abort(new HttpFailure(504, `The request took longer than ${timeoutSeconds} s.`, { 'retry-after': '1' }));
  }, timeoutSeconds * 1000);
  const gone = (): void => {
    controller.abort(new HttpFailure(503, 'The client has gone.'));
  };
  outgoing.once('close', gone);
  return {
    signal: controller.signal,
    lost,
    end: () => {
      clearTimeout(timer);
      outgoing.off('close', gone);
    },
  };
}
