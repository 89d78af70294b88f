import { join } from 'node:path';
import type { Tracker } from '../contract/index.js';
import { appendThrough } from './durable-files.js';
import { encodeEvent } from './tensorboard-event.js';

/**
 * Writes metrics as TensorBoard scalars into `events.out.tfevents.<seconds>.turnwise` of a folder. The file is made
 * with the first record; a run that is continued adds another, which TensorBoard reads as one. Steps that are done again,
 * after a kill or a rollback, are announced, so that TensorBoard forgets those of before.
 */
export function tensorBoardTracker(folder: string, now: () => number = Date.now): Tracker {
  let file: string | null = null;
  let last = Number.POSITIVE_INFINITY;
  return {
    async record(step, metrics) {
      const wallTime = now() / 1000;
      if (file === null) {
        file = join(folder, `events.out.tfevents.${Math.floor(wallTime)}.turnwise`);
        await appendThrough(file, encodeEvent({ wallTime, fileVersion: 'brain.Event:2' }));
      }
      if (step <= last) await appendThrough(file, encodeEvent({ wallTime, startsAt: step }));
      last = step;
      const scalars = Object.fromEntries(Object.entries(metrics).filter(([key]) => key !== 'step'));
      await appendThrough(file, encodeEvent({ wallTime, step, scalars }));
    },
  };
}
