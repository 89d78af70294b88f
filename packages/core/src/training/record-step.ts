import type { OngoingRun } from './ongoing-run.js';
import type { StepSample } from './sample-step.js';
import type { Metrics } from './step-metrics.js';
import type { TrainingEvent } from './trainer-state.js';

/** Puts down what a step did: trajectories, then metrics, then what happened beside them. */
export async function recordStep(
  { parts, settings, record, tell }: OngoingRun,
  step: number,
  sample: StepSample,
  metrics: Metrics,
  events: readonly TrainingEvent[],
): Promise<void> {
  const { trajectoriesEvery = 1 } = settings.training;
  if (trajectoriesEvery > 0 && step % trajectoriesEvery === 0) {
    await record.writeTrajectories(step, trajectoryLines(step, sample));
  }
  await record.appendMetrics(metrics);
  for (const tracker of parts.trackers) await tracker.record(step, metrics);
  for (const event of events) await tell(event);
}

/** What is kept of a step's groups, one line each; those that were not trained on say why. */
function trajectoryLines(step: number, { groups }: StepSample): unknown[] {
  return groups.map(({ group, advantages, round, leftOut, fault }) => ({
    step,
    ...group,
    advantages,
    ...(round === 1 ? {} : { round }),
    ...(leftOut === null ? {} : { leftOut }),
    ...(fault === null ? {} : { fault }),
  }));
}
