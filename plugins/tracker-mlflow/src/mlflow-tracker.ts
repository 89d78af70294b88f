import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PluginContext, TrackedEnd, TrackedRun, Tracker } from '@turnwise/core';
import { metricBatches } from './metric-batches.js';
import { MlflowFailure, type MlflowClient } from './mlflow-client.js';
import type { MlflowOptions } from './options.js';
import { readLink, writeLink, type RunLink } from './run-link.js';
import { runParams } from './run-params.js';
import { Spool, type StepMetrics } from './spool.js';

const statuses: Readonly<Record<TrackedEnd, string>> = {
  finished: 'FINISHED',
  interrupted: 'KILLED',
  failed: 'FAILED',
};
const paramsInRequest = 100;
const longestWait = 60_000;
/** Steps held in memory while the disk takes none; a thousand of 30 metrics are about a megabyte. */
const mostHeld = 10_000;

/**
 * Sends metrics in the background: `record` only puts them into a queue, so that a slow or dead server never holds
 * training up. What cannot be sent goes into a file of the run folder, with one warning, and is sent when the server is
 * back, also when the run goes on another day. A step is sent once: a run that goes on skips those that are there. A
 * rollback takes steps back: they come again with other values, and are sent again.
 */
export class MlflowTracker implements Tracker, AsyncDisposable {
  private run: TrackedRun | null = null;
  private link: RunLink | null = null;
  private linkChecked = false;
  private spool = new Spool('');
  private spooled = false;
  private queue: StepMetrics[] = [];
  private known = Number.NEGATIVE_INFINITY;
  /** The last step this process was told of. */
  private last = Number.NEGATIVE_INFINITY;
  private rollbacks = 0;
  private loop: Promise<void> | null = null;
  private down = false;
  private diskRefuses = false;
  private ending = false;
  private readonly hurry = new AbortController();
  private readonly stop = new AbortController();

  constructor(
    private readonly client: Pick<MlflowClient, keyof MlflowClient>,
    private readonly url: string,
    private readonly options: MlflowOptions,
    private readonly context: Pick<PluginContext, 'logger' | 'clock'>,
    /** Milliseconds before the first further try; doubled each time. */
    private readonly firstWait = 500,
  ) {}

  async begin(run: TrackedRun): Promise<void> {
    this.run = run;
    this.spool = new Spool(join(run.folder, 'trackers', 'mlflow.spool.jsonl'));
    this.link = await readLink(this.linkFile, this.url);
    this.known = this.sentThrough;
    try {
      for await (const { step } of this.spool.standing(this.sentThrough)) {
        this.spooled = true;
        this.known = step;
      }
    } catch {
      // The file is there and cannot be read: the attempt to send it finds the same, and warns of it.
      this.spooled = true;
    }
    if (this.spooled) this.deliver();
  }

  record(step: number, metrics: Readonly<Record<string, number>>): void {
    if (this.run === null) return;
    if (step <= this.last) this.takeBack(step);
    this.last = step;
    if (step <= this.known) return;
    this.known = step;
    this.queue.push({ step, timestamp: this.context.clock.now(), metrics });
    this.deliver();
  }

  async end(how: TrackedEnd): Promise<void> {
    if (this.run === null) return;
    this.ending = true;
    this.hurry.abort();
    const deadline = setTimeout(() => this.stop.abort(), this.options.flushSeconds * 1000);
    const isLeft = (): boolean => this.queue.length > 0 || this.spooled;
    try {
      const wasUnderWay = this.loop !== null;
      this.deliver();
      await this.loop;
      // What was on its way when the end came may have failed for a reason that is gone by now.
      if (wasUnderWay && isLeft() && !this.stop.signal.aborted) {
        this.deliver();
        await this.loop;
      }
      if (isLeft()) {
        await this.keep();
        await this.sayWhatIsLeft();
      } else if (this.link !== null) {
        const { runId } = this.link;
        await this.client.updateRun(runId, statuses[how], this.context.clock.now(), this.stop.signal);
      }
    } catch (error) {
      this.context.logger.warn(`MLflow: the end of the run could not be reported: ${reasonOf(error)}`);
    } finally {
      clearTimeout(deadline);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ending = true;
    this.hurry.abort();
    this.stop.abort();
    await this.loop;
  }

  /** A step that comes again within a run was taken back, and those after it with it. */
  private takeBack(step: number): void {
    this.rollbacks++;
    this.known = step - 1;
    this.queue = this.queue.filter((queued) => queued.step < step);
    if (this.link !== null) this.link = { ...this.link, sentThrough: Math.min(this.link.sentThrough, step - 1) };
  }

  /** The server has the steps up to this one. */
  private get sentThrough(): number {
    return this.link?.sentThrough ?? Number.NEGATIVE_INFINITY;
  }

  private get linkFile(): string {
    return join(this.run?.folder ?? '', 'trackers', 'mlflow.json');
  }

  /** Starts sending unless that is under way. Never throws. */
  private deliver(): void {
    this.loop ??= this.sendAll().finally(() => (this.loop = null));
  }

  private async sendAll(): Promise<void> {
    let failures = 0;
    while (this.queue.length > 0 || this.spooled) {
      try {
        await this.send();
        failures = 0;
        if (this.down) this.context.logger.info(`MLflow: ${this.url} is back; everything was sent.`);
        this.down = false;
      } catch (error) {
        failures++;
        const patient = error instanceof MlflowFailure && error.passes && failures <= this.options.retries;
        if (!patient) await this.keepAfter(error);
        if (this.ending) return;
        const pause = Math.min(longestWait, this.firstWait * 2 ** (failures - 1));
        await wait(pause, undefined, { signal: this.hurry.signal }).catch(() => undefined);
      }
    }
  }

  /** Sends what was put into the file first, then the queue, and remembers each request that is answered. */
  private async send(): Promise<void> {
    const link = await this.ensureRun();
    if (this.spooled) {
      if (!(await this.sendSteps(link.runId, this.spool.standing(link.sentThrough), () => undefined))) return;
      await this.spool.remove();
      this.spooled = false;
    }
    await this.sendSteps(link.runId, [...this.queue], (through) => {
      this.queue = this.queue.filter(({ step }) => step > through);
    });
  }

  /**
   * Calls `sent` with the last step of each request that was answered. Resolves to `false` when a rollback came in
   * between: the steps have to be read anew then.
   */
  private async sendSteps(
    runId: string,
    steps: Iterable<StepMetrics> | AsyncIterable<StepMetrics>,
    sent: (through: number) => void,
  ): Promise<boolean> {
    const { rollbacks } = this;
    for await (const { metrics, through } of metricBatches(steps)) {
      if (metrics.length > 0) await this.client.logBatch(runId, { metrics }, this.stop.signal);
      if (rollbacks !== this.rollbacks) return false;
      if (through === null) continue;
      sent(through);
      await this.remember({ sentThrough: through });
      if (rollbacks !== this.rollbacks) return false;
    }
    return true;
  }

  /** The run on the server: that of the run folder, or a new one with the configuration as parameters. */
  private async ensureRun(): Promise<RunLink> {
    const { run } = this;
    if (run === null) throw new Error('the tracker was not begun');
    const { signal } = this.stop;
    if (this.link !== null && !this.linkChecked) {
      if (await this.client.hasRun(this.link.runId, signal)) {
        await this.client.updateRun(this.link.runId, 'RUNNING', null, signal);
      } else {
        this.context.logger.warn(`MLflow: run ${this.link.runId} is gone from ${this.url}; a new one is begun.`);
        this.link = null;
      }
    }
    this.linkChecked = true;
    if (this.link === null) {
      const { experiment, runName, tags } = this.options;
      const experimentId = await this.client.experimentId(experiment, signal);
      const own = { 'turnwise.strategy': run.strategy, 'turnwise.seed': String(run.seed), ...tags };
      const runId = await this.client.createRun(
        {
          experimentId,
          name: runName ?? run.name,
          startTime: this.context.clock.now(),
          tags: Object.entries(own).map(([key, value]) => ({ key, value })),
        },
        signal,
      );
      const nothing = { paramsLogged: false, sentThrough: Number.MIN_SAFE_INTEGER };
      this.link = { url: this.url, experimentId, runId, ...nothing };
      await writeLink(this.linkFile, this.link);
    }
    if (!this.link.paramsLogged) {
      const params = runParams(run.config);
      for (let start = 0; start < params.length; start += paramsInRequest) {
        await this.client.logBatch(this.link.runId, { params: params.slice(start, start + paramsInRequest) }, signal);
      }
      await this.remember({ paramsLogged: true });
    }
    return this.link;
  }

  private async remember(change: Partial<RunLink>): Promise<void> {
    if (this.link === null) return;
    this.link = { ...this.link, ...change };
    await writeLink(this.linkFile, this.link);
  }

  private async keepAfter(error: unknown): Promise<void> {
    if (!this.down && !this.ending) {
      this.context.logger.warn(
        `MLflow: ${reasonOf(error)}. Training goes on; metrics are kept in ${this.spool.file} until it answers.`,
      );
      this.down = true;
    }
    await this.keep();
  }

  /**
   * Moves the queue to the file. Steps that the disk does not take stay in the queue, the latest `mostHeld` of them,
   * until it takes them or the server does; one warning says so. metrics.jsonl has them all the same.
   */
  private async keep(): Promise<void> {
    const steps = this.queue;
    this.queue = [];
    try {
      // A rollback has lowered `sentThrough`. Whoever goes on with the run reads it beside the file, so it is written
      // first.
      if (this.rollbacks > 0) await this.remember({});
      await this.spool.append(steps);
      this.spooled ||= steps.length > 0;
      this.diskRefuses = false;
    } catch (error) {
      // A rollback during the write took back the steps from the first one that is queued again.
      const next = this.queue[0]?.step ?? Number.POSITIVE_INFINITY;
      this.queue = [...steps.filter(({ step }) => step < next), ...this.queue].slice(-mostHeld);
      if (this.diskRefuses) return;
      this.diskRefuses = true;
      this.context.logger.warn(
        `MLflow: ${this.spool.file} could not be written: ${reasonOf(error)}. The last ${mostHeld} steps are held in memory.`,
      );
    }
  }

  private async sayWhatIsLeft(): Promise<void> {
    const { file } = this.spool;
    if (this.queue.length > 0) {
      this.context.logger.warn(
        `MLflow: ${this.queue.length} steps were not sent and could not be written to ${file}. They are in metrics.jsonl.`,
      );
    }
    let kept = 0;
    for await (const _ of this.spool.standing(this.sentThrough)) kept++;
    if (kept > 0) {
      this.context.logger.warn(
        `MLflow: ${kept} steps were not sent. They are in ${file} and in metrics.jsonl; they are sent when the run goes on.`,
      );
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
