/** Who a search is for. */
export class Caller {
  /** Told once when nobody waits any more. */
  onGone: ((reason: Error) => void) | null = null;
}

/**
 * Calls back when a signal is aborted. Thousands of searches wait on the one signal of their step, and an `EventTarget`
 * looks for the listener it is to remove by walking over all of them: here they are one listener with a set. It goes with
 * the last of them, because a signal made of others is kept, with all it reaches, for as long as somebody listens to it.
 */
const waiting = new WeakMap<AbortSignal, Waiting>();

interface Waiting {
  readonly callbacks: Set<(reason: Error) => void>;
  readonly listener: () => void;
}

/** @returns what ends the waiting; to be called when there is nothing to wait for any more */
export function onAbort(signal: AbortSignal, callback: (reason: Error) => void): () => void {
  const { callbacks, listener } = waiting.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    waiting.delete(signal);
  };
}

function listen(signal: AbortSignal): Waiting {
  const callbacks = new Set<(reason: Error) => void>();
  const listener = (): void => {
    for (const call of [...callbacks]) call(signal.reason as Error);
    callbacks.clear();
  };
  signal.addEventListener('abort', listener, { once: true });
  const made = { callbacks, listener };
  waiting.set(signal, made);
  return made;
}
