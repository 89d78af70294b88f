import { randomStream } from '../random/index.js';

/** Time and chance as the search layer sees them; tests give their own. */
export interface SearchEnvironment {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Calls back once after that many milliseconds unless the returned function is called first. */
  schedule(milliseconds: number, callback: () => void): () => void;
  /** Uniform in [0, 1). Only spreads retries in time, so it need not follow the run's seed. */
  random(): number;
}

/** A stream of its own for each process, so that many trainers do not come back to a server at the same moment. */
const jitter = randomStream(process.pid, 'search-retries', Date.now());

/** The real clock and real chance. */
export const realEnvironment: SearchEnvironment = {
  now: () => performance.now(),
  schedule(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
  random: () => jitter.next(),
};

/** Resolves after a while, or at once when the signal is aborted. */
export function pause(environment: SearchEnvironment, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = environment.schedule(milliseconds, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
