/** Who a search is for. */
export class Caller {
  /** Told once when nobody waits any more. */
  onGone: ((reason: Error) => void) | null = null;
}

/**
 * Calls back when a signal is aborted. Thousands of searches wait on the one signal of their run, and an `EventTarget`
 * looks for the listener it is to remove by walking over all of them: here they are one listener with a set.
 */
const waiting = new WeakMap<AbortSignal, Set<(reason: Error) => void>>();

/** @returns what ends the waiting; to be called when there is nothing to wait for any more */
export function onAbort(signal: AbortSignal, callback: (reason: Error) => void): () => void {
  let callbacks = waiting.get(signal);
  if (callbacks === undefined) {
    const all = new Set<(reason: Error) => void>();
    callbacks = all;
    waiting.set(signal, all);
    signal.addEventListener(
      'abort',
      () => {
        for (const call of [...all]) call(signal.reason as Error);
        all.clear();
      },
      { once: true },
    );
  }
  callbacks.add(callback);
  const known = callbacks;
  return () => void known.delete(callback);
}
