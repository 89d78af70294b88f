import { TurnwiseError, suggestion } from '../errors/index.js';
import { dataPosition } from './question-order.js';
import { isBetter } from './retention.js';
import type { Metrics } from './step-metrics.js';
import type { BestValue, TrainerState } from './trainer-state.js';
import type {
  ResumePoint,
  TrainingData,
  TrainingParts,
  TrainingRecord,
  TrainingSettings,
} from './training-settings.js';

/** Decides after which steps there is a checkpoint, puts what the loop knows into it, and removes those that may go. */
export class CheckpointKeeper {
  /** Folder of the newest checkpoint; empty before the first. */
  last = '';
  #updates: number;
  #best: BestValue | null;

  constructor(
    private readonly parts: TrainingParts,
    private readonly settings: TrainingSettings,
    private readonly data: TrainingData,
    private readonly record: TrainingRecord,
    updates: number,
    state: TrainerState | null,
  ) {
    this.#updates = updates;
    this.#best = state?.best ?? null;
  }

  countUpdates(updates: number): void {
    this.#updates += updates;
  }

  /** After the measurement before the first step. */
  async begin(metrics: Metrics): Promise<void> {
    const { keepBest } = this.settings.training;
    // Whether a metric that is not of the held-out questions exists shows after the first step.
    if (keepBest?.metric.startsWith('eval/')) assertMetric(keepBest.metric, metrics);
    return Promise.resolve();
  }

  async goOn({ checkpoint, state }: ResumePoint): Promise<void> {
    this.last = checkpoint;
    if (state === null) return;
    this.parts.pluginStates?.restore(state.plugins as never);
    const { keepBest } = this.settings.training;
    if (keepBest != null && state.best !== null) await this.record.writeBest(state.best, keepBest);
  }

  /** @param now write one whatever the settings say: the run is about to be interrupted */
  async afterStep(metrics: Metrics, now: boolean): Promise<void> {
    const { steps, checkpointEvery, keepBest, keepCheckpoints = null } = this.settings.training;
    const step = metrics['step'] as number;
    const isBest = this.#isBest(step, metrics);
    const isDue = step === steps || (checkpointEvery > 0 && step % checkpointEvery === 0);
    if (!isDue && !isBest && !now) return;
    this.last = await this.record.writeCheckpoint(step, this.#state(step), (folder) => this.parts.policy.save(folder));
    if (keepBest != null && isBest) await this.record.writeBest(this.#best as BestValue, keepBest);
    await this.record.pruneCheckpoints({ newest: keepCheckpoints, also: this.#best === null ? [] : [this.#best.step] });
  }

  #isBest(step: number, metrics: Metrics): boolean {
    const { keepBest } = this.settings.training;
    if (keepBest == null) return false;
    if (step === 1 && !keepBest.metric.startsWith('eval/')) assertMetric(keepBest.metric, metrics);
    const value = metrics[keepBest.metric];
    if (value === undefined || !isBetter(value, this.#best, keepBest)) return false;
    this.#best = { step, value };
    return true;
  }

  #state(step: number): TrainerState {
    const { rollout } = this.settings;
    return {
      updates: this.#updates,
      data: dataPosition(this.data.train.length, rollout.questionsPerStep, step + 1),
      events: 0,
      best: this.#best,
      plugins: this.parts.pluginStates?.save() ?? {},
    };
  }
}

function assertMetric(metric: string, metrics: Metrics): void {
  if (metrics[metric] !== undefined) return;
  const known = Object.keys(metrics).filter((name) => name !== 'step');
  throw new TurnwiseError(
    'CONFIG_INVALID',
    `training.keepBest.metric names no metric of this run: got ${JSON.stringify(metric)}.${suggestion(metric, known)}`,
    { where: 'training.keepBest.metric', hint: `There are: ${known.join(', ')}.` },
  );
}
