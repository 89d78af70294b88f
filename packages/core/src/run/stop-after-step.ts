import type { TrainingRecord } from '../training/index.js';
import { recordOver } from './record-over.js';

/** An interrupt that waits for the step under way. */
export interface StepStop {
  /** Aborted when the work is to end at once. */
  readonly signal: AbortSignal;
  /** For the training loop: aborted when it is to end between two steps. */
  readonly interrupt: AbortSignal;
  /** The record to train with. */
  readonly record: (record: TrainingRecord) => TrainingRecord;
  /** The last step that was recorded whole and whose state was saved because of the interrupt; `null` for none. */
  readonly savedStep: () => number | null;
}

/**
 * Turns an interrupt into an end between two steps: once `interrupt` is aborted, the training loop finishes and records
 * the step under way, writes a checkpoint of exactly that state, and ends. Before the first line is recorded there is
 * nothing to save, so the work is aborted at once.
 */
export function stopAfterStep(interrupt: AbortSignal): StepStop {
  const end = new AbortController();
  let recording = false;
  let saved: number | null = null;
  const endNow = (): void => end.abort(interrupt.reason);
  interrupt.addEventListener('abort', () => {
    if (!recording) endNow();
  });
  if (interrupt.aborted) endNow();
  return {
    signal: end.signal,
    interrupt,
    savedStep: () => saved,
    record: (record) =>
      recordOver(record, {
        async appendMetrics(metrics) {
          await record.appendMetrics(metrics);
          recording = true;
        },
        async writeCheckpoint(step, state, write) {
          const place = await record.writeCheckpoint(step, state, write);
          if (interrupt.aborted) saved = step;
          return place;
        },
      }),
  };
}
