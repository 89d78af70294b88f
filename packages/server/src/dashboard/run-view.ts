import { readFile, readdir, stat } from 'node:fs/promises';
import { lockHolder, readManifest, runFiles, type MetricRow, type RunFiles, type RunManifest } from '@turnwise/core';
import { GroupFiles } from './group-files.js';
import { GrowingMetrics } from './growing-metrics.js';
import { LatestMetrics } from './latest-metrics.js';
import { QuestionHistories } from './question-histories.js';
import type { RunRow, RunStatus } from './views.js';

/** How many lines of a file of a run cannot be read. */
export interface UnreadableLines {
  /** Its path: in the folder of the run as that was given. */
  readonly file: string;
  readonly lines: number;
}

/** Everything the dashboard shows of one run, read as it is asked for. */
export class RunView {
  readonly metrics: GrowingMetrics;
  readonly latest: LatestMetrics;
  readonly groups: GroupFiles;
  readonly #files: RunFiles;
  #questions: QuestionHistories;
  #restarts = 0;

  constructor(
    readonly name: string,
    private readonly folder: string,
  ) {
    this.#files = runFiles(folder);
    this.metrics = new GrowingMetrics(folder);
    this.latest = new LatestMetrics(folder);
    this.groups = new GroupFiles(folder);
    this.#questions = new QuestionHistories(this.groups);
  }

  /** A run that was taken up again writes groups anew that may have been read before. */
  async questions(): Promise<QuestionHistories> {
    const { restarts } = await this.latest.read();
    if (restarts !== this.#restarts) this.#questions = new QuestionHistories(this.groups);
    this.#restarts = restarts;
    return this.#questions;
  }

  manifest(): Promise<RunManifest> {
    return readManifest(this.folder);
  }

  /** The row of the table of runs; a run whose manifest cannot be read is a row that says so. */
  async row(): Promise<RunRow> {
    try {
      return await this.#row();
    } catch (error) {
      return unreadable(this.name, error);
    }
  }

  async #row(): Promise<RunRow> {
    const [manifest, latest, holder, state] = await Promise.all([
      this.manifest(),
      this.latest.read(),
      lockHolder(this.#files.lock),
      stat(this.#files.metrics).catch(() => null),
    ]);
    const { config, strategy, createdAt, seed } = manifest;
    const step = latest.recent.at(-1)?.['step'] ?? -1;
    const { steps } = config.training;
    const created = Date.parse(createdAt);
    return {
      name: this.name,
      status: statusOf(holder !== null, step, steps),
      problem: null,
      strategy,
      policy: typeof config.policy.use === 'string' ? config.policy.use : config.policy.use.id,
      seed,
      step,
      steps,
      exactMatch: latest.exactMatch,
      secondsPerStep: medianSeconds(latest.recent),
      createdAt: created,
      updatedAt: state?.mtimeMs ?? created,
    };
  }

  /** `events.jsonl`, where the run went on after it was stopped, by step; and the checkpoints that are there. */
  async events(): Promise<{ events: readonly unknown[]; checkpoints: readonly string[] }> {
    const { recorded } = await this.#recordedEvents();
    const { resumes = [] } = await this.manifest().catch((): Partial<RunManifest> => ({}));
    const resumed = resumes.map(({ at, step, notes = [] }) => {
      const message = [`went on at ${at.slice(0, 16).replace('T', ' ')} UTC`, ...notes].join('; ');
      return { step, kind: 'resume', message };
    });
    const checkpoints = await readdir(this.#files.checkpoints).catch(() => []);
    const events = [...resumed, ...recorded].sort((one, other) => stepOf(one) - stepOf(other));
    return { events, checkpoints: checkpoints.filter((name) => /^step-\d+$/.test(name)).sort(byNumber) };
  }

  /** Files with lines that cannot be read; a last line that is still being written is none of them. */
  async unreadable(steps: readonly number[]): Promise<readonly UnreadableLines[]> {
    const counts: UnreadableLines[] = [
      { file: this.#files.metrics, lines: await this.metrics.unreadable() },
      { file: this.#files.events, lines: (await this.#recordedEvents()).unreadable },
    ];
    for (const step of steps) {
      counts.push({ file: this.groups.file(step), lines: await this.groups.unreadable(step) });
    }
    return counts.filter(({ lines }) => lines > 0);
  }

  async #recordedEvents(): Promise<{ readonly recorded: readonly object[]; readonly unreadable: number }> {
    const text = await readFile(this.#files.events, 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    const recorded = lines.flatMap((line) => {
      try {
        const event = JSON.parse(line) as unknown;
        return typeof event === 'object' && event !== null ? [event] : [];
      } catch {
        return [];
      }
    });
    return { recorded, unreadable: lines.length - recorded.length };
  }
}

function stepOf(event: { readonly step?: unknown }): number {
  return typeof event.step === 'number' ? event.step : 0;
}

/** Names have six digits, and more from the millionth step on. */
const byNumber = (one: string, other: string): number => Number(one.slice(5)) - Number(other.slice(5));

function statusOf(held: boolean, step: number, steps: number): RunStatus {
  if (held) return 'running';
  return step >= steps ? 'finished' : 'stopped';
}

function medianSeconds(rows: readonly MetricRow[]): number | null {
  const seconds = rows
    .flatMap((row) => {
      const { 'rollout/seconds': rollout, 'update/seconds': update } = row;
      return rollout === undefined || update === undefined ? [] : [rollout + update];
    })
    .sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? null;
}

function unreadable(name: string, error: unknown): RunRow {
  const problem = error instanceof Error ? error.message : String(error);
  const nothing = { strategy: '', policy: '', seed: null, step: -1, steps: 0, exactMatch: null, secondsPerStep: null };
  return { name, status: 'unreadable', problem, ...nothing, createdAt: 0, updatedAt: 0 };
}
