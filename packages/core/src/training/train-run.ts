import { TurnwiseError } from '../errors/index.js';
import { evaluate } from '../evaluation/index.js';
import { afterRollbacks, answerAlarms } from './answer-alarms.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import { PolicyGate } from './policy-gate.js';
import type { StepSample } from './sample-step.js';
import { stepBatch } from './step-batch.js';
import { evaluationMetrics, questionMetrics, sampleMetrics, stalenessMetrics, type Metrics } from './step-metrics.js';
import { stepSampler } from './step-sampler.js';
import { assertSomeSucceeded, assertTrainable } from './training-checks.js';
import type { TrainingEvent } from './trainer-state.js';
import { updatePolicy } from './update-policy.js';
import { assertQuestionsLeft, visitQuestions } from './visit-questions.js';
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
  /** What happened beside the metrics: alarms of the watchdog, questions set aside. Recorded before it is told. */
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Go on after this step instead of starting; the record has been rewound to it. */
  readonly resume?: ResumePoint;
}

/**
 * The main job, one direction: questions -> rollout -> reward -> advantage -> tokens -> update -> record.
 * A step that cannot be finished (a reward or loss that is not finite, an abort) leaves the run folder as the step
 * before left it, and the weights too unless a later of several updates on one batch failed; when what fails are the
 * policy's worker threads, there is a checkpoint of that state. What decides about a step is its number and what the
 * checkpoints hold, so a run that goes on does what an uninterrupted one would have done.
 *
 * @throws RUN_NOT_TRAINABLE, ROLLOUT_ALL_FAILED, RUN_NOT_FINITE, RUN_COLLAPSED, RUN_QUARANTINE_FULL, CONTRACT_* of the
 *   plugins, and the reason of an abort
 */
export async function trainRun(
  given: TrainingParts,
  settings: TrainingSettings,
  data: TrainingData,
  options: TrainingOptions,
): Promise<TrainingSummary> {
  const { training, rollout } = settings;
  const { record, signal, interrupt, resume, onProgress = () => undefined } = options;
  const onEvent = (event: TrainingEvent): void => {
    options.onEvent?.(event);
    onProgress({ step: event.step, steps: training.steps, phase: 'event', message: event.message });
  };
  const gate = (rollout.maxStaleness ?? 0) > 0 ? new PolicyGate(given.policy, 0) : null;
  const parts = gate === null ? given : { ...given, policy: gate };
  assertTrainable(parts, settings);
  const keeper = new CheckpointKeeper(parts, settings, data, record);
  const started = performance.now();
  const measure = async (step: number): Promise<HeldOutScores> => {
    const { report, scores, groups } = await evaluate(parts, {
      questions: data.evaluation,
      runSeed: settings.seed,
      step,
      options: { ...rollout, ...settings.evaluation },
      signal,
      onTrajectory: (done, total) => onProgress({ step, steps: training.steps, phase: 'evaluation', done, total }),
    });
    assertSomeSucceeded(groups, step, 'held-out trajectories');
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
    await keeper.goOn(resume, false);
  }
  let after = resume?.after ?? before;
  let trajectories = 0;
  let failures = 0;
  let stepsMade = 0;

  /** Does one step after the other; returns where to go on when the run went back, `null` when it is done. */
  const trainFrom = async (first: number): Promise<number | null> => {
    const present = afterRollbacks(settings, keeper.rollbacks);
    gate?.goTo(keeper.updates);
    let current = 0;
    await using sampler = stepSampler(parts, present, {
      questions: data.train,
      ledger: keeper.ledger,
      signal,
      // Of the step that is waited for; others under way say nothing.
      onTrajectory: (step, done, total) => {
        if (step === current) onProgress({ step, steps: training.steps, phase: 'rollout', done, total });
      },
    });
    for (let step = first; step <= training.steps; step++) {
      current = step;
      let untouched = true;
      const saveBefore = async (error: unknown): Promise<never> => {
        if (untouched && isWorkerFailure(error) && (await keeper.saveLast())) {
          const message = `step ${step} could not be made; saved as after step ${step - 1}`;
          onProgress({ step, steps: training.steps, phase: 'event', message });
        }
        throw error;
      };
      const sample = await sampler.take(step).catch(saveBefore);
      const staleness = gate === null ? {} : stalenessMetrics(sample, gate.version);
      onProgress({ step, steps: training.steps, phase: 'update' });
      const updateStarted = performance.now();
      const batch = stepBatch(sample.groups, training.deadGroups, rollout);
      const touch = (): void => void (untouched = false);
      const update = await updatePolicy(parts, present, batch, step, signal, touch).catch(saveBefore);
      if (batch !== null) keeper.updates += training.epochs;
      const quarantine = training.quarantine ?? null;
      const setAside = visitQuestions(keeper.ledger, sample, step, quarantine);
      const metrics: Metrics = {
        step,
        ...sampleMetrics(sample, training.deadGroups),
        ...(quarantine === null ? {} : questionMetrics(sample, keeper.ledger)),
        ...staleness,
        ...update,
        'rollout/seconds': sample.rolloutSeconds,
        'update/seconds': (performance.now() - updateStarted) / 1000,
      };
      if (step === training.steps || (training.evalEvery > 0 && step % training.evalEvery === 0)) {
        after = await measure(step);
        Object.assign(metrics, evaluationMetrics(after));
      }
      const { trajectoriesEvery = 1 } = training;
      if (trajectoriesEvery > 0 && step % trajectoriesEvery === 0) {
        await record.writeTrajectories(step, trajectoryLines(step, sample));
      }
      await record.appendMetrics(metrics);
      for (const tracker of parts.trackers) await tracker.record(step, metrics);
      for (const event of setAside) {
        await keeper.tell(event);
        onEvent(event);
      }
      assertQuestionsLeft(keeper.ledger, data.train.length, quarantine);
      const all = sample.groups.flatMap(({ group }) => group.trajectories);
      trajectories += all.length;
      failures += all.filter((trajectory) => trajectory.failure !== undefined).length;
      stepsMade++;
      if (keeper.watchdog !== null && training.watchdog !== undefined) {
        const alarms = keeper.watchdog.look(metrics, all.length);
        const back = await answerAlarms(alarms, step, training.watchdog, keeper, record, onEvent);
        if (back !== null) return back.step + 1;
      }
      await keeper.afterStep(metrics, interrupt?.aborted === true);
      onProgress({ step, steps: training.steps, phase: 'done', metrics });
      interrupt?.throwIfAborted();
    }
    return null;
  };
  let next: number | null = (resume?.step ?? 0) + 1;
  while (next !== null) next = await trainFrom(next);
  const seconds = (performance.now() - started) / 1000;
  return { steps: stepsMade, before, after, trajectories, failures, lastCheckpoint: keeper.last, seconds };
}

/** The policy itself is whole then, and can be saved. */
function isWorkerFailure(error: unknown): boolean {
  return TurnwiseError.is(error) && error.code === 'RUN_WORKER_FAILED';
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
