import { TrajectorySlots } from '../rollout/index.js';
import { sampleStep, type SampleRequest, type StepSample } from './sample-step.js';
import type { TrainingParts, TrainingSettings } from './training-settings.js';

/** Where the training loop gets the groups of its steps. */
export interface StepSampler extends AsyncDisposable {
  /** The groups of a step. Steps are asked for in order, each after the update of the one before. */
  take(step: number): Promise<StepSample>;
}

export interface StepSamplerOptions extends Omit<SampleRequest, 'step' | 'onTrajectory' | 'slots'> {
  readonly onTrajectory: (step: number, done: number, total: number) => void;
}

/**
 * Samples each step when it is asked for; with `rollout.maxStaleness` n also begins the n steps after it, whose rollouts
 * go on while this one is learned from, or with e epochs, e updates a step, the floor(n / e) steps after it. A step begins
 * at the earliest when all but n of the updates before it were made, so no sample lies further behind than n updates. Every step waits for all its own trajectories, and older steps get
 * free slots first: no question is left out because it is slow.
 *
 * Which weights wrote what then depends on time: a run with n above 0 is not the same again from the same seed.
 */
export function stepSampler(
  parts: TrainingParts,
  settings: TrainingSettings,
  { signal, onTrajectory, questions, ledger }: StepSamplerOptions,
): StepSampler {
  const { steps, epochs } = settings.training;
  const { concurrency, maxStaleness = 0 } = settings.rollout;
  const ahead = Math.floor(maxStaleness / epochs);
  const end = new AbortController();
  const request = { questions, ledger, signal: AbortSignal.any([signal, end.signal]) };
  const slots = new TrajectorySlots(concurrency);
  const begun = new Map<number, Promise<StepSample>>();
  const begin = (step: number): Promise<StepSample> => {
    const report = (done: number, total: number): void => onTrajectory(step, done, total);
    const sample = sampleStep(parts, settings, { ...request, step, slots, onTrajectory: report });
    // Told to whoever takes the step; until then nobody listens.
    sample.catch(() => undefined);
    begun.set(step, sample);
    return sample;
  };
  return {
    take: (step) => {
      const sample = begun.get(step) ?? begin(step);
      for (let next = step + 1; next <= Math.min(step + ahead, steps); next++) {
        if (!begun.has(next)) void begin(next);
      }
      begun.delete(step);
      return sample;
    },
    [Symbol.asyncDispose]: async () => {
      end.abort(new Error('the run has ended'));
      await Promise.allSettled(begun.values());
    },
  };
}
