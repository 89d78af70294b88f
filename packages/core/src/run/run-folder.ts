import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tracker } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { QuestionScore } from '../evaluation/index.js';
import type { TrainingRecord } from '../training/index.js';
import { listCheckpoints, stepName, writeCheckpoint, type Checkpoint } from './checkpoints.js';
import { appendThrough, writeFileWhole, writing } from './durable-files.js';
import { metricLine } from './metric-line.js';
import { lockRun } from './run-lock.js';
import type { RunManifest } from './run-manifest.js';
import { tensorBoardTracker } from './tensorboard-tracker.js';

/**
 * A run on disk: `manifest.json`, `metrics.jsonl`, `trajectories/`, `evaluations/`,
 * `checkpoints/`, TensorBoard events. Every file is
 * written whole or, for the two that grow, by appending whole records. One process writes at a time.
 *
 * Methods throw `RUN_WRITE_FAILED` with the path when the disk does not take a write.
 */
export class RunFolder implements TrainingRecord, AsyncDisposable {
  private constructor(
    readonly path: string,
    private readonly unlock: () => Promise<void>,
  ) {}

  /**
   * Starts a run in a new folder, or in one that holds no run yet.
   *
   * @throws RUN_EXISTS when the folder holds a run or another process writes there.
   */
  static async create(path: string, manifest: RunManifest): Promise<RunFolder> {
    await writing(path, () => mkdir(path, { recursive: true }));
    const folder = new RunFolder(path, await lockRun(join(path, 'run.lock')));
    try {
      if (existsSync(folder.manifestFile) || existsSync(folder.metricsFile)) {
        throw new TurnwiseError('RUN_EXISTS', `${path} already holds a run.`, {
          where: path,
          hint: 'Go on with it by --resume, or choose another place by --run-dir.',
        });
      }
      await folder.writeManifest(manifest);
      return folder;
    } catch (error) {
      await folder.unlock();
      throw error;
    }
  }

  /**
   * Opens an existing run to go on with it.
   *
   * @throws RUN_NOT_FOUND, RUN_EXISTS (another process writes there).
   */
  static async open(path: string): Promise<RunFolder> {
    await readManifest(path);
    return new RunFolder(path, await lockRun(join(path, 'run.lock')));
  }

  manifest(): Promise<RunManifest> {
    return readManifest(this.path);
  }

  async writeManifest(manifest: RunManifest): Promise<void> {
    await writeFileWhole(this.manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** One line of `metrics.jsonl`. */
  async appendMetrics(metrics: Readonly<Record<string, number>>): Promise<void> {
    await appendThrough(this.metricsFile, `${metricLine(metrics)}\n`);
  }

  /** The groups of a step, one a line. */
  async writeTrajectories(step: number, lines: readonly unknown[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFileWhole(join(this.trajectoriesFolder, `${stepName(step)}.jsonl`), text);
  }

  /** How each held-out question did after a step, one a line. */
  async writeEvaluation(step: number, scores: readonly QuestionScore[]): Promise<void> {
    const text = scores.map((score) => `${JSON.stringify(score)}\n`).join('');
    await writeFileWhole(join(this.evaluationsFolder, `${stepName(step)}.jsonl`), text);
  }

  /** Calls `write` with an empty folder and keeps it whole or not at all; returns its final place. */
  writeCheckpoint(step: number, write: (folder: string) => Promise<void>): Promise<string> {
    return writeCheckpoint(this.checkpointsFolder, step, write);
  }

  checkpoints(): Promise<Checkpoint[]> {
    return listCheckpoints(this.checkpointsFolder);
  }

  async latestCheckpoint(): Promise<Checkpoint | null> {
    return (await this.checkpoints()).at(-1) ?? null;
  }

  /** A tracker that writes TensorBoard events into this folder. */
  tensorBoard(): Tracker {
    return tensorBoardTracker(this.path);
  }

  /**
   * Removes what was recorded after a step, so that going on from its checkpoint records every step once. A line cut
   * off by a crash goes with it.
   */
  async rewindTo(step: number): Promise<void> {
    const text = await readFile(this.metricsFile, 'utf8').catch(() => '');
    const kept = text.split('\n').filter((line) => stepOf(line) <= step);
    await writeFileWhole(this.metricsFile, kept.map((line) => `${line}\n`).join(''));
    const isLater = (name: string): boolean => Number(/^step-(\d+)/.exec(name)?.[1] ?? 0) > step;
    for (const folder of [this.trajectoriesFolder, this.evaluationsFolder, this.checkpointsFolder]) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter(isLater)) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** Takes back a run that recorded nothing: a failure before the first measurement leaves no folder behind. */
  async removeIfEmpty(): Promise<void> {
    if (existsSync(this.metricsFile)) return;
    await rm(this.manifestFile, { force: true });
    await this.unlock();
    const rest = await readdir(this.path).catch(() => ['unreadable']);
    if (rest.length === 0) await rm(this.path, { recursive: true, force: true });
  }

  /** Lets other processes write here again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unlock();
  }

  private get manifestFile(): string {
    return join(this.path, 'manifest.json');
  }

  private get metricsFile(): string {
    return join(this.path, 'metrics.jsonl');
  }

  private get trajectoriesFolder(): string {
    return join(this.path, 'trajectories');
  }

  private get evaluationsFolder(): string {
    return join(this.path, 'evaluations');
  }

  private get checkpointsFolder(): string {
    return join(this.path, 'checkpoints');
  }
}

/** Reads a run's manifest without opening it for writing. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT`. */
export async function readManifest(path: string): Promise<RunManifest> {
  const file = join(path, 'manifest.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no run in ${path}.`, {
      where: path,
      hint: 'A run is a folder with a manifest.json; leave out --resume to start one there.',
      cause,
    });
  });
  try {
    return JSON.parse(text) as RunManifest;
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${file} is not valid JSON: ${(cause as Error).message}`, {
      where: file,
      cause,
    });
  }
}

function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
