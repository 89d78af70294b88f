import type { TrackedEnd, TrackedRun, Tracker } from '../contract/index.js';

/**
 * Tells trackers that a run begins, does the work, and tells them how it ended. A failure of the work is not hidden by
 * one of a tracker.
 *
 * @param interrupt Aborted: a work that threw was interrupted, not failed.
 */
export async function withTrackers<Result>(
  trackers: readonly Tracker[],
  run: TrackedRun,
  interrupt: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  for (const tracker of trackers) await tracker.begin?.(run);
  const endAll = async (how: TrackedEnd): Promise<void> => {
    for (const tracker of trackers) await tracker.end?.(how);
  };
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await endAll(interrupt.aborted ? 'interrupted' : 'failed').catch(() => undefined);
    throw error;
  }
  await endAll('finished');
  return result;
}
