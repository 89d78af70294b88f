import { afterRollbacks, answerAlarms } from './answer-alarms.js';
import { learnStep } from './learn-step.js';
import { isMeasured, measureHeldOut } from './measure-held-out.js';
import { ongoingRun, type OngoingRun } from './ongoing-run.js';
import { recordStep } from './record-step.js';
import { evaluationMetrics, questionMetrics, sampleMetrics, type Metrics } from './step-metrics.js';
import { stepSampler } from './step-sampler.js';
import { assertTrainable } from './training-checks.js';
import { assertQuestionsLeft, visitQuestions } from './visit-questions.js';
import type {
  HeldOutScores,
  TrainingData,
  TrainingOptions,
  TrainingParts,
  TrainingSettings,
  TrainingSummary,
} from './training-settings.js';

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
  const started = performance.now();
  const run = ongoingRun(given, settings, data, options);
  assertTrainable(run.parts, settings);
  const { resume } = options;
  if (resume !== undefined) await run.keeper.goOn(resume, false);
  const before = resume?.before ?? (await begin(run));
  const made: Made = { steps: 0, trajectories: 0, failures: 0, after: resume?.after ?? before };
  let next: number | null = (resume?.step ?? 0) + 1;
  while (next !== null) next = await trainFrom(next, run, made);
  const seconds = (performance.now() - started) / 1000;
  return { ...made, before, lastCheckpoint: run.keeper.last, seconds };
}

/** What this process did so far. */
type Made = { -readonly [Key in 'steps' | 'trajectories' | 'failures' | 'after']: TrainingSummary[Key] };

/** Measures before the first step. */
async function begin(run: OngoingRun): Promise<HeldOutScores> {
  const scores = await measureHeldOut(run, 0);
  const metrics = { step: 0, ...evaluationMetrics(scores) };
  await run.record.appendMetrics(metrics);
  await run.keeper.begin(metrics);
  run.onProgress({ step: 0, phase: 'done', metrics });
  return scores;
}

/** Does one step after the other; returns where to go on when the run went back, `null` when it is done. */
async function trainFrom(first: number, run: OngoingRun, made: Made): Promise<number | null> {
  const { settings, data, keeper, signal, interrupt, onProgress } = run;
  const { training } = settings;
  const quarantine = training.quarantine ?? null;
  const present = afterRollbacks(settings, keeper.rollbacks);
  run.gate?.goTo(keeper.updates);
  let current = first;
  await using sampler = stepSampler(run.parts, present, {
    questions: data.train,
    ledger: keeper.ledger,
    signal,
    // Tells of the step that the loop waits for. Rollouts of later steps may be under way too; their progress is not
    // shown.
    onTrajectory: (step, done, total) => {
      if (step === current) onProgress({ step, phase: 'rollout', done, total });
    },
  });
  for (let step = first; step <= training.steps; step++) {
    current = step;
    const { sample, update } = await learnStep(run, present, sampler, step);
    const setAside = visitQuestions(keeper.ledger, sample, step, quarantine);
    const metrics: Metrics = {
      step,
      ...sampleMetrics(sample, training.deadGroups),
      ...(quarantine === null ? {} : questionMetrics(sample, keeper.ledger)),
      ...update,
    };
    if (isMeasured(training, step)) {
      made.after = await measureHeldOut(run, step);
      Object.assign(metrics, evaluationMetrics(made.after));
    }
    await recordStep(run, step, sample, metrics, setAside);
    assertQuestionsLeft(keeper.ledger, data.train.length, quarantine);
    const trajectories = sample.groups.flatMap(({ group }) => group.trajectories);
    made.trajectories += trajectories.length;
    made.failures += trajectories.filter(({ failure }) => failure !== undefined).length;
    made.steps++;
    const back = await answerAlarms(run, metrics, trajectories.length);
    if (back !== null) return back.step + 1;
    await keeper.afterStep(metrics, interrupt?.aborted === true);
    onProgress({ step, phase: 'done', metrics });
    interrupt?.throwIfAborted();
  }
  return null;
}
