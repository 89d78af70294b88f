import { evaluate } from '../evaluation/index.js';
import type { OngoingRun } from './ongoing-run.js';
import { assertSomeSucceeded } from './training-checks.js';
import type { HeldOutScores, TrainingSettings } from './training-settings.js';

/** Whether the held-out questions are asked after a step. */
export function isMeasured({ steps, evalEvery }: TrainingSettings['training'], step: number): boolean {
  return step === steps || (evalEvery > 0 && step % evalEvery === 0);
}

/** Asks the held-out questions, and records how each did. Throws ROLLOUT_ALL_FAILED. */
export async function measureHeldOut(
  { parts, settings, data, record, signal, onProgress }: OngoingRun,
  step: number,
): Promise<HeldOutScores> {
  const { report, scores, groups } = await evaluate(parts, {
    questions: data.evaluation,
    runSeed: settings.seed,
    step,
    options: { ...settings.rollout, ...settings.evaluation },
    signal,
    onTrajectory: (done, total) => onProgress({ step, phase: 'evaluation', done, total }),
  });
  assertSomeSucceeded(groups, step, 'held-out trajectories');
  await record.writeEvaluation(step, scores);
  return report;
}
