import type { Policy } from '../contract/index.js';
import type { TrainingRecord } from '../training/index.js';

/** An interrupt that waits for the step under way. */
export interface StepStop {
  /** Aborted when the work is to end. */
  readonly signal: AbortSignal;
  /** The record to train with. */
  readonly record: (record: TrainingRecord, policy: Pick<Policy, 'save'>) => TrainingRecord;
  /** The last step that was recorded whole and whose state was saved because of the interrupt; `null` for none. */
  readonly savedStep: () => number | null;
}

/**
 * Turns an interrupt into an end between two steps: once `interrupt` is aborted, the step under way is finished and
 * recorded, a checkpoint of exactly that state is written, and only then is the work aborted. Before the first
 * measurement there is nothing to save, so the work is aborted at once.
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
    savedStep: () => saved,
    record: (record, policy) => ({
      writeTrajectories: (step, lines) => record.writeTrajectories(step, lines),
      writeEvaluation: (step, scores) => record.writeEvaluation(step, scores),
      writeCheckpoint: (step, write) => record.writeCheckpoint(step, write),
      async appendMetrics(metrics) {
        await record.appendMetrics(metrics);
        recording = true;
        if (!interrupt.aborted) return;
        const step = metrics['step'] ?? 0;
        if (step >= 1) {
          await record.writeCheckpoint(step, (folder) => policy.save(folder));
          saved = step;
        }
        endNow();
      },
    }),
  };
}
