import type { Isolation } from '../plugin/isolation-limits.js';
import type { PluginContext, RewardOccasion, RewardShaper, TrajectoryGroup, TurnRewards } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { ResumableStream } from '../random/index.js';
import { receivedError } from './sent-error.js';
import type { FromWorker, StartOrder, StateReport } from './worker-messages.js';
import { WorkerThread, type WaitResult } from './worker-thread.js';

type Answer = Extract<FromWorker, { kind: 'shaped' | 'threw' }>;
type Ready = Extract<FromWorker, { kind: 'ready' }>;

/** Seconds a plugin has to close itself before its thread is ended. */
const disposeSeconds = 2;

/**
 * A reward in a worker, as the core sees it. Groups go to the worker one at a time, so that a loop or a crash is charged
 * to the group it happened on; the next group gets a new worker, with the last state the plugin reported. The random
 * stream and the state are held here: a group that failed by its limits leaves both as they were before it.
 */
export class IsolatedReward implements RewardShaper {
  #thread: WorkerThread | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #tickets = 0;
  #state: StateReport = null;
  /** Whether the worker has yet to take `#state` back. */
  #behind = false;
  #offers = { state: false, restore: false };

  constructor(
    private readonly order: StartOrder,
    private readonly limits: Isolation,
    private readonly random: ResumableStream,
    private readonly context: PluginContext,
  ) {}

  /** What it offers besides `shape`; known once it has started. */
  get offers(): { readonly state: boolean; readonly restore: boolean } {
    return this.#offers;
  }

  /** Starts the first worker. Throws what the plugin threw, or why there is no worker. */
  async start(): Promise<void> {
    const { ready } = await this.#startThread(this.context.signal);
    this.random.goTo(ready.random);
    this.#offers = ready.offers;
    this.#state = ready.state;
  }

  shape(group: TrajectoryGroup, occasion: RewardOccasion): Promise<readonly TurnRewards[]> {
    const turn = this.#queue.then(() => this.#shape(group, occasion));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  state(): unknown {
    if (this.#state === null) return undefined;
    if ('error' in this.#state) throw receivedError(this.#state.error);
    return this.#state.value;
  }

  restore(state: unknown): void {
    this.#state = { value: state };
    this.#behind = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    if (thread?.end !== null) return;
    try {
      thread.post({ kind: 'dispose' });
      const isDisposed = (message: FromWorker) => message.kind === 'disposed';
      const result = await thread.wait(isDisposed, disposeSeconds);
      if (result.kind === 'message' && result.message.error !== undefined) throw receivedError(result.message.error);
    } finally {
      thread.stop();
    }
  }

  async #shape(group: TrajectoryGroup, { signal, step }: RewardOccasion): Promise<readonly TurnRewards[]> {
    signal.throwIfAborted();
    const thread = await this.#runningThread(group, signal);
    const ticket = ++this.#tickets;
    const held = this.#behind && this.#state !== null && 'value' in this.#state ? this.#state : null;
    thread.post({
      kind: 'shape',
      ticket,
      group,
      step,
      random: this.random.position(),
      ...(held === null ? {} : { restore: { state: held.value } }),
    });
    const isAnswer = (message: FromWorker): message is Answer =>
      (message.kind === 'shaped' || message.kind === 'threw') && message.ticket === ticket;
    let result: WaitResult<Answer>;
    try {
      result = await thread.wait(isAnswer, this.limits.timeoutSeconds, signal);
    } catch (cause) {
      this.#abandon(thread);
      throw cause;
    }
    if (result.kind !== 'message') {
      thread.stop();
      this.#thread = null;
      throw result.kind === 'timeout' ? this.#tooLong(group) : this.#died(group, result.end.reason);
    }
    const { message } = result;
    this.random.goTo(message.random);
    this.#state = message.state;
    this.#behind = false;
    if (message.kind === 'shaped') return message.rewards;
    throw receivedError(message.error);
  }

  /** The worker there is, or a new one that has yet to be given the state of the one before. */
  async #runningThread(group: TrajectoryGroup, signal: AbortSignal): Promise<WorkerThread> {
    if (this.#thread !== null) {
      const { end } = this.#thread;
      if (end === null) return this.#thread;
      this.context.logger.warn(
        `reward ${this.order.id}: between two groups its worker ${end.reason}; starting another`,
      );
    }
    let thread: WorkerThread;
    try {
      ({ thread } = await this.#startThread(signal));
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw this.#died(group, `could not be started again: ${(cause as Error).message}`, cause);
    }
    this.#behind = this.#offers.restore;
    return thread;
  }

  async #startThread(signal: AbortSignal): Promise<{ thread: WorkerThread; ready: Ready }> {
    const thread = new WorkerThread(this.order, this.limits, (message) => this.#hear(message));
    this.#thread = thread;
    const isStarted = (message: FromWorker) => message.kind === 'ready' || message.kind === 'failed';
    try {
      const result = await thread.wait(isStarted, this.limits.startSeconds, signal);
      if (result.kind === 'ended') throw new Error(`its worker ${result.end.reason}`);
      if (result.kind === 'timeout') {
        throw new Error(`its worker was not ready within ${this.limits.startSeconds} s (isolation.startSeconds)`);
      }
      if (result.message.kind === 'failed') throw receivedError(result.message.error);
      return { thread, ready: result.message };
    } catch (error) {
      thread.stop();
      this.#thread = null;
      throw error;
    }
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'log') this.context.logger[message.level](message.message, message.fields);
    if (message.kind === 'metric') this.context.metrics.record(message.name, message.value);
  }

  /** The run is over for this group: tells the plugin, gives it the time closing has, and waits for neither. */
  #abandon(thread: WorkerThread): void {
    this.#thread = null;
    thread.post({ kind: 'abort' });
    thread.post({ kind: 'dispose' });
    const isDisposed = (message: FromWorker) => message.kind === 'disposed';
    void thread.wait(isDisposed, disposeSeconds).finally(() => thread.stop());
  }

  #tooLong(group: TrajectoryGroup): TurnwiseError {
    const { timeoutSeconds } = this.limits;
    return this.#error(
      'CONTRACT_REWARD_TIMEOUT',
      group,
      `did not finish within ${timeoutSeconds} s (isolation.timeoutSeconds); its worker was ended`,
      'Look for an endless loop or a promise that never settles; if the work takes that long, raise isolation.timeoutSeconds.',
    );
  }

  #died(group: TrajectoryGroup, reason: string, cause?: unknown): TurnwiseError {
    return this.#error(
      'CONTRACT_REWARD_WORKER_DIED',
      group,
      `its worker ${reason}`,
      `Mend the plugin (process.exit, an error outside of shape, a list that grows); if it needs more than ${this.limits.memoryMegabytes} MiB, raise isolation.memoryMegabytes.`,
      cause,
    );
  }

  #error(
    code: 'CONTRACT_REWARD_TIMEOUT' | 'CONTRACT_REWARD_WORKER_DIED',
    group: TrajectoryGroup,
    problem: string,
    hint: string,
    cause?: unknown,
  ): TurnwiseError {
    const where = `reward ${this.order.id}`;
    return new TurnwiseError(code, `${where}: question ${group.question.id}: ${problem}`, { where, hint, cause });
  }
}
