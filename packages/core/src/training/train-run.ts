import { evaluate } from '../evaluation/index.js';
import { TurnwiseError } from '../errors/index.js';
import { advantagesToTokens, estimateAdvantages, shapeGroups } from '../credit/index.js';
import { learningRateOfStep } from './learning-rate.js';
import { questionsOfStep } from './question-order.js';
import { rolloutGroups } from '../rollout/index.js';
import { evaluationMetrics, rolloutMetrics, updateMetrics, type Metrics } from './step-metrics.js';
import type { TrainingBatch, TrajectoryGroup } from '../contract/index.js';
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
 * A step that cannot be finished (a reward that is not finite, a loss that is not finite, an abort) leaves weights and
 * run folder as the step before left them.
 */
export async function trainRun(
  parts: TrainingParts,
  settings: TrainingSettings,
  data: TrainingData,
  options: TrainingOptions,
): Promise<TrainingSummary> {
  const { policy } = parts;
  const { training, rollout } = settings;
  const { record, signal, resume, onProgress = () => undefined } = options;
  assertTrainable(parts, settings);
  const started = performance.now();
  const measure = async (step: number): Promise<HeldOutScores> => {
    const { report } = await evaluate(parts, {
      questions: data.evaluation,
      runSeed: settings.seed,
      step,
      options: { ...rollout, ...settings.evaluation },
      signal,
      onTrajectory: (done, total) => onProgress({ step, steps: training.steps, phase: 'evaluation', done, total }),
    });
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
  for (let step = (resume?.step ?? 0) + 1; step <= training.steps; step++) {
    const rolloutStarted = performance.now();
    const groups = await rolloutGroups(parts, {
      questions: questionsOfStep(data.train, rollout.questionsPerStep, settings.seed, step),
      runSeed: settings.seed,
      purpose: 'train',
      step,
      options: rollout,
      signal,
      onTrajectory: (done, total) => onProgress({ step, steps: training.steps, phase: 'rollout', done, total }),
    });
    const rolloutSeconds = (performance.now() - rolloutStarted) / 1000;
    assertSomeSucceeded(groups, step);
    const shaped = await shapeGroups(groups, parts.rewards, signal);
    const advantages = estimateAdvantages(shaped, parts.advantage);

    onProgress({ step, steps: training.steps, phase: 'update' });
    const updateStarted = performance.now();
    const batch: TrainingBatch = {
      sequences: shaped.flatMap(({ trajectories }, index) =>
        trajectories.map((trajectory, member) =>
          advantagesToTokens(trajectory, advantages[index]?.turns[member] ?? []),
        ),
      ),
      temperature: rollout.temperature,
      maxTokens: rollout.maxTurns * rollout.maxTokensPerTurn,
    };
    const update = await updatePolicy(parts, settings, batch, step, signal);
    const metrics: Metrics = {
      step,
      ...rolloutMetrics(shaped, advantages),
      ...update,
      'rollout/seconds': rolloutSeconds,
      'update/seconds': (performance.now() - updateStarted) / 1000,
    };
    if (step === training.steps || (training.evalEvery > 0 && step % training.evalEvery === 0)) {
      after = await measure(step);
      Object.assign(metrics, evaluationMetrics(after));
    }
    await record.writeTrajectories(
      step,
      shaped.map((group, index) => ({ step, ...group, advantages: advantages[index] })),
    );
    await record.appendMetrics(metrics);
    if (step === training.steps || (training.checkpointEvery > 0 && step % training.checkpointEvery === 0)) {
      lastCheckpoint = await record.writeCheckpoint(step, (folder) => policy.save(folder));
    }
    for (const tracker of parts.trackers) await tracker.record(step, metrics);
    const all = groups.flatMap((group) => group.trajectories);
    trajectories += all.length;
    failures += all.filter((trajectory) => trajectory.failure !== undefined).length;
    onProgress({ step, steps: training.steps, phase: 'done', metrics });
  }
  const seconds = (performance.now() - started) / 1000;
  return { steps: training.steps, before, after, trajectories, failures, lastCheckpoint, seconds };
}

async function updatePolicy(
  { policy }: TrainingParts,
  { training, objective }: TrainingSettings,
  batch: TrainingBatch,
  step: number,
  signal: AbortSignal,
): Promise<Metrics> {
  const losses = [];
  const updates = [];
  const learningRate = learningRateOfStep(training, step);
  for (let epoch = 0; epoch < training.epochs; epoch++) {
    signal.throwIfAborted();
    const loss = await policy.forwardBackward(batch, objective);
    assertFinite('loss', loss.loss, step);
    const { weightDecay, maxGradientNorm } = training;
    const update = await policy.optimStep({ learningRate, weightDecay, maxGradientNorm });
    assertFinite('gradient norm', update.gradientNorm, step);
    losses.push(loss);
    updates.push(update);
  }
  return updateMetrics(losses, updates);
}

function assertFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new TurnwiseError('RUN_NOT_FINITE', `The ${what} of step ${step} is ${value}; the weights were not changed.`, {
    hint: 'Lower training.learningRate, or set training.maxGradientNorm; the last checkpoint is intact.',
  });
}

function assertTrainable({ policy }: TrainingParts, { objective }: TrainingSettings): void {
  const { capabilities } = policy;
  if (!capabilities.trainable) {
    throw new TurnwiseError('RUN_NOT_TRAINABLE', 'The configured policy cannot be trained.', {
      where: 'policy.use',
      hint: 'Use a trainable policy such as `transformer`, or run `turnwise eval`.',
    });
  }
  if (!capabilities.objectives.includes(objective.kind)) {
    throw new TurnwiseError(
      'RUN_NOT_TRAINABLE',
      `The configured policy does not support the objective ${JSON.stringify(objective.kind)}.`,
      { where: 'objective.kind', hint: `It supports: ${capabilities.objectives.join(', ')}.` },
    );
  }
}

function assertSomeSucceeded(groups: readonly TrajectoryGroup[], step: number): void {
  const trajectories = groups.flatMap((group) => group.trajectories);
  const failures = trajectories.flatMap((trajectory) => trajectory.failure ?? []);
  if (failures.length < trajectories.length) return;
  throw new TurnwiseError(
    'ROLLOUT_ALL_FAILED',
    `All ${trajectories.length} trajectories of step ${step} failed; the first: ${failures[0]?.code} ${failures[0]?.message}`,
    { hint: 'Check the search tool with `turnwise search` and the policy with `turnwise eval`.' },
  );
}
