const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal is aborted; returns the function that takes this back. A run has one signal and
 * thousands of requests: adding a listener to a signal looks through all it has, so the signal gets one for all.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let callbacks = listeners.get(signal);
  if (callbacks === undefined) {
    const all = new Set<() => void>();
    signal.addEventListener('abort', () => {
      for (const each of [...all]) each();
      all.clear();
    });
    listeners.set(signal, all);
    callbacks = all;
  }
  const own = callbacks;
  own.add(callback);
  return () => void own.delete(callback);
}

/** Waits; throws the signal's reason when it is aborted. Node's own would add a listener to the signal for each wait. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const timer = setTimeout(() => {
      leave();
      resolve();
    }, milliseconds);
    const leave = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
