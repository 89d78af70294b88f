import { evaluate } from '../evaluation/index.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
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
  /** Once aborted, the step under way is finished, recorded and saved, and the run ends with this signal's reason. */
  readonly interrupt?: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  /** Go on after this step instead of starting; the record has been rewound to it. */
  readonly resume?: ResumePoint;
}

/**
 * The main job, one direction: questions -> rollout -> reward -> advantage -> tokens -> update -> record.
 * A step that cannot be finished (a reward or loss that is not finite, an abort) leaves the run folder as the step
 * before left it, and the weights too unless a later of several updates on one batch failed. What decides about a step
 * is its number and what the checkpoints hold, so a run that goes on does what an uninterrupted one would have done.
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
  const { record, signal, interrupt, resume, onProgress = () => undefined } = options;
  const updates = resume?.state?.updates ?? (resume === undefined ? 0 : resume.step * training.epochs);
  const gate = (rollout.maxStaleness ?? 0) > 0 ? new PolicyGate(given.policy, updates) : null;
  const parts = gate === null ? given : { ...given, policy: gate };
  const { policy } = parts;
  assertTrainable(parts, settings);
  const keeper = new CheckpointKeeper(parts, settings, data, record, updates, resume?.state ?? null);
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
    const metrics = { step: 0, ...evaluationMetrics(before) };
    await record.appendMetrics(metrics);
    await keeper.begin(metrics);
    onProgress({ step: 0, steps: training.steps, phase: 'done', metrics });
  } else {
    await policy.load(resume.checkpoint);
    await keeper.goOn(resume);
  }
  let after = resume?.after ?? before;
  let trajectories = 0;
  let failures = 0;
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
    if (batch !== null) keeper.countUpdates(training.epochs);
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
    for (const tracker of parts.trackers) await tracker.record(step, metrics);
    await keeper.afterStep(metrics, interrupt?.aborted === true);
    const all = sample.groups.flatMap(({ group }) => group.trajectories);
    trajectories += all.length;
    failures += all.filter((trajectory) => trajectory.failure !== undefined).length;
    onProgress({ step, steps: training.steps, phase: 'done', metrics });
    interrupt?.throwIfAborted();
  }
  const seconds = (performance.now() - started) / 1000;
  const steps = training.steps - (resume?.step ?? 0);
  return { steps, before, after, trajectories, failures, lastCheckpoint: keeper.last, seconds };
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
