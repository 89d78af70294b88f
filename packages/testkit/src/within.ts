import { ConformanceError } from './rule.js';

/**
 * Waits for what a plugin promised, but not for ever. A loop that never gives the thread back cannot be ended from here.
 *
 * @param what For the message, e.g. `shape() after an abort`.
 */
export async function within<Result>(
  seconds: number,
  what: string,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ConformanceError(`${what} did not end within ${seconds} s`, 'let it end, and heed its signal')),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([Promise.resolve().then(work), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How a promise ended, whichever way. */
export async function settled<Result>(
  seconds: number,
  what: string,
  work: () => Promise<Result> | Result,
): Promise<{ readonly value: Result } | { readonly error: unknown }> {
  try {
    return { value: await within(seconds, what, work) };
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    return { error };
  }
}
