import { TurnwiseError } from '../errors/index.js';
import type { OngoingRun } from './ongoing-run.js';
import type { StepSample } from './sample-step.js';
import { stepBatch } from './step-batch.js';
import { stalenessMetrics, type Metrics } from './step-metrics.js';
import type { StepSampler } from './step-sampler.js';
import type { TrainingSettings } from './training-settings.js';
import { updatePolicy } from './update-policy.js';

/** What a step learned from, and how the update went. */
export interface LearnedStep {
  readonly sample: StepSample;
  readonly update: Metrics;
}

/**
 * A step up to its new weights: rollout -> reward -> advantage -> tokens -> update. Records nothing, except for a
 * checkpoint of the step before, when the policy's worker threads fail while the weights still are of that step.
 *
 * @param present the settings as rollbacks left them
 */
export async function learnStep(
  run: OngoingRun,
  present: TrainingSettings,
  sampler: StepSampler,
  step: number,
): Promise<LearnedStep> {
  const { parts, gate, keeper, signal, onProgress } = run;
  const { training, rollout } = present;
  const weights = { changed: false };
  try {
    const sample = await sampler.take(step);
    const staleness = gate === null ? {} : stalenessMetrics(sample, gate.version);
    onProgress({ step, phase: 'update' });
    const started = performance.now();
    const batch = stepBatch(sample.groups, training.deadGroups, rollout);
    const update = await updatePolicy(parts, present, batch, step, signal, () => (weights.changed = true));
    if (batch !== null) keeper.updates += training.epochs;
    const seconds = (performance.now() - started) / 1000;
    const times = { 'rollout/seconds': sample.rolloutSeconds, 'update/seconds': seconds };
    return { sample, update: { ...staleness, ...update, ...times } };
  } catch (error) {
    if (!weights.changed && isWorkerFailure(error) && (await keeper.saveLast())) {
      const message = `step ${step} could not be made; saved as after step ${step - 1}`;
      onProgress({ step, phase: 'event', message });
    }
    throw error;
  }
}

/** Whether an error came from the policy's worker threads: the policy itself is whole then, and can be saved. */
function isWorkerFailure(error: unknown): boolean {
  return TurnwiseError.is(error) && error.code === 'RUN_WORKER_FAILED';
}
