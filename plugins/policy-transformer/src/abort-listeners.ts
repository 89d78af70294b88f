/** One listener on a signal however many wait for it: hundreds of requests may share the signal of a run. */
export class AbortListeners {
  private readonly waiting = new Map<AbortSignal, { readonly calls: Set<() => void>; readonly listener: () => void }>();

  /** Calls `call` when the signal aborts. The returned function takes that back. */
  add(signal: AbortSignal, call: () => void): () => void {
    let shared = this.waiting.get(signal);
    if (!shared) {
      const calls = new Set<() => void>();
      const listener = (): void => {
        this.waiting.delete(signal);
        for (const waiting of calls) waiting();
      };
      shared = { calls, listener };
      this.waiting.set(signal, shared);
      signal.addEventListener('abort', listener, { once: true });
    }
    const { calls, listener } = shared;
    calls.add(call);
    return () => {
      calls.delete(call);
      if (calls.size > 0 || this.waiting.get(signal)?.calls !== calls) return;
      this.waiting.delete(signal);
      signal.removeEventListener('abort', listener);
    };
  }
}
