import { suggestion, TurnwiseError } from '../errors/index.js';
import { dataPosition } from './question-order.js';
import { QuestionLedger } from './question-ledger.js';
import { isBetter } from './retention.js';
import type { Metrics } from './step-metrics.js';
import type { BestValue, TrainerState, TrainingEvent } from './trainer-state.js';
import type {
  ResumePoint,
  TrainingData,
  TrainingParts,
  TrainingRecord,
  TrainingSettings,
} from './training-settings.js';
import { Watchdog } from './watchdog.js';

/**
 * Holds what the loop knows between two steps, decides after which of them there is a checkpoint, puts it all into it,
 * and takes it back from one.
 */
export class CheckpointKeeper {
  /** Folder of the newest checkpoint; empty before the first. */
  last = '';
  ledger = new QuestionLedger();
  watchdog: Watchdog | null;
  /** Times the run went back so far. */
  rollbacks = 0;
  updates = 0;
  #best: BestValue | null = null;
  #events = 0;
  /** The last whole step since which no checkpoint was written, with what plugins said of themselves after it. */
  #unsaved: { readonly step: number; readonly plugins: TrainerState['plugins'] | null } | null = null;

  constructor(
    private readonly parts: TrainingParts,
    private readonly settings: TrainingSettings,
    private readonly data: TrainingData,
    private readonly record: TrainingRecord,
  ) {
    const { watchdog } = settings.training;
    this.watchdog = watchdog === undefined ? null : new Watchdog(watchdog);
  }

  /** After the measurement before the first step. */
  async begin(metrics: Metrics): Promise<void> {
    const { keepBest } = this.settings.training;
    // Whether a metric that is not of the held-out questions exists shows after the first step.
    if (keepBest?.metric.startsWith('eval/')) assertMetric(keepBest.metric, metrics);
    // What a rollback goes back to when nothing else is left.
    if (this.watchdog?.mayRollBack) await this.#write(0);
  }

  /** Takes over what a checkpoint holds; also the number of events and rollbacks, unless the run goes back by itself. */
  async goOn({ checkpoint, state, step }: Omit<ResumePoint, 'before' | 'after'>, itself: boolean): Promise<void> {
    const { training } = this.settings;
    this.last = checkpoint;
    this.#unsaved = null;
    await this.parts.policy.load(checkpoint);
    // Of a checkpoint that does not say: every step made its updates.
    this.updates = state?.updates ?? step * training.epochs;
    this.ledger = new QuestionLedger(state?.questions);
    if (training.watchdog !== undefined) this.watchdog = new Watchdog(training.watchdog, state?.watchdog);
    this.#best = state?.best ?? null;
    if (!itself) {
      this.#events = state?.events ?? 0;
      this.rollbacks = state?.rollbacks ?? 0;
    }
    if (state !== null) {
      this.parts.pluginStates?.restore(state.plugins as never);
      if (training.keepBest != null && state.best !== null) await this.record.writeBest(state.best, training.keepBest);
    }
    // It may have been killed between the checkpoint and this.
    if (!itself) await this.#prune(step);
  }

  async tell(event: TrainingEvent): Promise<void> {
    await this.record.appendEvent(event);
    this.#events++;
  }

  /** @param now write one whatever the settings say: the run is about to be interrupted */
  async afterStep(metrics: Metrics, now: boolean): Promise<void> {
    const { steps, checkpointEvery, keepBest } = this.settings.training;
    const step = metrics['step'] as number;
    const isBest = this.#isBest(step, metrics);
    const isDue = step === steps || (checkpointEvery > 0 && step % checkpointEvery === 0);
    if (!isDue && !isBest && !now) {
      this.#unsaved = { step, plugins: this.#pluginsNow() };
      return;
    }
    await this.#write(step);
    if (keepBest != null && isBest) await this.record.writeBest(this.#best as BestValue, keepBest);
    await this.#prune(step);
  }

  /**
   * Removes what need not stay. Only once there is a checkpoint: a run that goes on from the one before finds what it
   * would have had there.
   */
  async #prune(step: number): Promise<void> {
    const { watchdog, keepCheckpoints = null, keepTrajectories = null } = this.settings.training;
    const window = watchdog?.window ?? 0;
    const mayRollBack = this.watchdog?.mayRollBack === true;
    await this.record.pruneCheckpoints({
      newest: keepCheckpoints,
      // The start stays too: a second rollback may come before there is another checkpoint older than the first one's.
      also: [...(this.#best === null ? [] : [this.#best.step]), ...(mayRollBack ? [0] : [])],
      ...(mayRollBack ? { goodBefore: step + 1 - window } : {}),
    });
    if (keepTrajectories !== null) await this.record.pruneTrajectories(keepTrajectories);
  }

  /**
   * Writes a checkpoint of the last whole step, if there is none, although a later one was begun: its weights must not
   * have changed. Whether one was written; the run is ending, and what ends it matters more than that this fails too.
   */
  async saveLast(): Promise<boolean> {
    const { step = 0, plugins = null } = this.#unsaved ?? {};
    if (plugins === null) return false;
    try {
      await this.#write(step, plugins);
      return true;
    } catch {
      return false;
    }
  }

  async #write(step: number, plugins = this.parts.pluginStates?.save() ?? {}): Promise<void> {
    const state = this.#state(step, plugins);
    this.last = await this.record.writeCheckpoint(step, state, (folder) => this.parts.policy.save(folder));
    this.#unsaved = null;
  }

  /** A copy of what plugins say of themselves; `null` when one cannot, which is an error only of a checkpoint. */
  #pluginsNow(): TrainerState['plugins'] | null {
    try {
      return structuredClone(this.parts.pluginStates?.save() ?? {});
    } catch {
      return null;
    }
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

  #state(step: number, plugins: TrainerState['plugins']): TrainerState {
    const { rollout } = this.settings;
    return {
      updates: this.updates,
      data: dataPosition(this.data.train.length, rollout.questionsPerStep, step + 1),
      events: this.#events,
      best: this.#best,
      plugins,
      questions: this.ledger.state,
      ...(this.watchdog === null ? {} : { watchdog: this.watchdog.state }),
      rollbacks: this.rollbacks,
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
