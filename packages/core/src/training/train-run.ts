import { evaluate } from '../evaluation/index.js';
import { PolicyGate } from './policy-gate.js';
import type { StepSample } from './sample-step.js';
import { stepBatch } from './step-batch.js';
import { evaluationMetrics, sampleMetrics, stalenessMetrics, type Metrics } from './step-metrics.js';
import { stepSampler } from './step-sampler.js';
import { assertTrainable } from './training-checks.js';
import { updatePolicy } from './update-policy.js';
import type {
  HeldOutScores,
  ResumePoint,
  StepProgress,
  TrainingData,
  TrainingParts,
  TrainingRecord,
  TrainingSettings,
  TrainingSummary,
} from './training-settings.js';

export interface TrainingOptions {
  readonly record: TrainingRecord;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  /** Go on after this step instead of starting; the record has been rewound to it. */
  readonly resume?: ResumePoint;
}

/**
 * The main job, one direction: questions -> rollout -> reward -> advantage -> tokens -> update -> record.
 * A step that cannot be finished (a reward or loss that is not finite, an abort) leaves the run folder as the step
 * before left it, and the weights too unless a later of several updates on one batch failed. Nothing but the step's
 * number decides which questions it asks, so a run that goes on asks what an uninterrupted one would have.
 *
 * @throws RUN_NOT_TRAINABLE, ROLLOUT_ALL_FAILED, RUN_NOT_FINITE, CONTRACT_* of the plugins, and the reason of an abort
 */
export async function trainRun(
  given: TrainingParts,
  settings: TrainingSettings,
  data: TrainingData,
  options: TrainingOptions,
): Promise<TrainingSummary> {
  const { training, rollout } = settings;
  const { record, signal, resume, onProgress = () => undefined } = options;
  const gate = (rollout.maxStaleness ?? 0) > 0 ? new PolicyGate(given.policy, resume?.step ?? 0) : null;
  const parts = gate === null ? given : { ...given, policy: gate };
  const { policy } = parts;
  assertTrainable(parts, settings);
  const started = performance.now();
  const measure = async (step: number): Promise<HeldOutScores> => {
    const { report, scores } = await evaluate(parts, {
      questions: data.evaluation,
      runSeed: settings.seed,
      step,
      options: { ...rollout, ...settings.evaluation },
      signal,
      onTrajectory: (done, total) => onProgress({ step, steps: training.steps, phase: 'evaluation', done, total }),
    });
    await record.writeEvaluation(step, scores);
    return report;
  };

  const before = resume?.before ?? (await measure(0));
  if (resume === undefined) {
    await record.appendMetrics({ step: 0, ...evaluationMetrics(before) });
    onProgress({ step: 0, steps: training.steps, phase: 'done', metrics: evaluationMetrics(before) });
  } else {
    await policy.load(resume.checkpoint);
  }
  let after = before;
  let trajectories = 0;
  let failures = 0;
  let lastCheckpoint = resume?.checkpoint ?? '';
  let current = 0;
  await using sampler = stepSampler(parts, settings, {
    questions: data.train,
    signal,
    // Of the step that is waited for; others under way say nothing.
    onTrajectory: (step, done, total) => {
      if (step === current) onProgress({ step, steps: training.steps, phase: 'rollout', done, total });
    },
  });
  for (let step = (resume?.step ?? 0) + 1; step <= training.steps; step++) {
    current = step;
    const sample = await sampler.take(step);
    const staleness = gate === null ? {} : stalenessMetrics(sample, gate.version);
    onProgress({ step, steps: training.steps, phase: 'update' });
    const updateStarted = performance.now();
    const batch = stepBatch(sample.groups, training.deadGroups, rollout);
    const update = await updatePolicy(parts, settings, batch, step, signal);
    const metrics: Metrics = {
      step,
      ...sampleMetrics(sample, training.deadGroups),
      ...staleness,
      ...update,
      'rollout/seconds': sample.rolloutSeconds,
      'update/seconds': (performance.now() - updateStarted) / 1000,
    };
    if (step === training.steps || (training.evalEvery > 0 && step % training.evalEvery === 0)) {
      after = await measure(step);
      Object.assign(metrics, evaluationMetrics(after));
    }
    await record.writeTrajectories(step, trajectoryLines(step, sample));
    await record.appendMetrics(metrics);
    if (step === training.steps || (training.checkpointEvery > 0 && step % training.checkpointEvery === 0)) {
      lastCheckpoint = await record.writeCheckpoint(step, (folder) => policy.save(folder));
    }
    for (const tracker of parts.trackers) await tracker.record(step, metrics);
    const all = sample.groups.flatMap(({ group }) => group.trajectories);
    trajectories += all.length;
    failures += all.filter((trajectory) => trajectory.failure !== undefined).length;
    onProgress({ step, steps: training.steps, phase: 'done', metrics });
  }
  const seconds = (performance.now() - started) / 1000;
  const steps = training.steps - (resume?.step ?? 0);
  return { steps, before, after, trajectories, failures, lastCheckpoint, seconds };
}

/** What is kept of a step's groups, one line each; those that were not trained on say why. */
function trajectoryLines(step: number, { groups }: StepSample): unknown[] {
  return groups.map(({ group, advantages, round, leftOut }) => ({
    step,
    ...group,
    advantages,
    ...(round === 1 ? {} : { round }),
    ...(leftOut === null ? {} : { leftOut }),
  }));
}
