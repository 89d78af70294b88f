import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tracker } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { QuestionScore } from '../evaluation/index.js';
import {
  expendable,
  type BestBy,
  type BestValue,
  type Retention,
  type TrainerState,
  type TrainingEvent,
  type TrainingRecord,
} from '../training/index.js';
import { listCheckpoints, readWholeCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoints.js';
import { appendThrough, removeFolderWhole, writeFileWhole, writing } from './durable-files.js';
import { metricLine } from './metric-line.js';
import { readManifest } from './read-manifest.js';
import { putAside, rewindTo } from './rewind-run.js';
import { runFiles, type RunFiles } from './run-files.js';
import { lockRun } from './run-lock.js';
import type { RunManifest } from './run-manifest.js';
import { recordedSteps, stepName } from './step-name.js';
import { tensorBoardTracker } from './tensorboard-tracker.js';

/**
 * A run on disk: `manifest.json`, `metrics.jsonl`, `events.jsonl`, `trajectories/`, `evaluations/`, `checkpoints/`,
 * TensorBoard events. Every file is written whole or, for those that grow, by appending whole records. One process
 * writes at a time.
 *
 * Methods throw `RUN_WRITE_FAILED` with the path when the disk does not take a write.
 */
export class RunFolder implements TrainingRecord, AsyncDisposable {
  private readonly files: RunFiles;

  private constructor(
    readonly path: string,
    private readonly unlock: () => Promise<void>,
  ) {
    this.files = runFiles(path);
  }

  /**
   * Starts a run in a new folder, or in one that holds no run yet.
   *
   * @throws RUN_EXISTS when the folder holds a run or another process writes there.
   */
  static async create(path: string, manifest: RunManifest): Promise<RunFolder> {
    await writing(path, () => mkdir(path, { recursive: true }));
    const unlock = await lockRun(runFiles(path).lock).catch(async (error: unknown) => {
      await removeIfEmpty(path);
      throw error;
    });
    const folder = new RunFolder(path, unlock);
    try {
      if (existsSync(folder.files.manifest) || existsSync(folder.files.metrics)) {
        throw new TurnwiseError('RUN_EXISTS', `${path} already holds a run.`, {
          where: path,
          hint: 'Go on with it by --resume, or choose another place by --run-dir.',
        });
      }
      await folder.writeManifest(manifest);
      return folder;
    } catch (error) {
      await folder.unlock();
      await removeIfEmpty(path);
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
    return new RunFolder(path, await lockRun(runFiles(path).lock));
  }

  manifest(): Promise<RunManifest> {
    return readManifest(this.path);
  }

  async writeManifest(manifest: RunManifest): Promise<void> {
    await writeFileWhole(this.files.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** Appends one line to `metrics.jsonl`. */
  async appendMetrics(metrics: Readonly<Record<string, number>>): Promise<void> {
    await appendThrough(this.files.metrics, `${metricLine(metrics)}\n`);
  }

  /** Writes the groups of a step, one a line. */
  async writeTrajectories(step: number, lines: readonly unknown[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFileWhole(join(this.files.trajectories, `${stepName(step)}.jsonl`), text);
  }

  /** Writes how each held-out question did after a step, one a line. */
  async writeEvaluation(step: number, scores: readonly QuestionScore[]): Promise<void> {
    const text = scores.map((score) => `${JSON.stringify(score)}\n`).join('');
    await writeFileWhole(join(this.files.evaluations, `${stepName(step)}.jsonl`), text);
  }

  /** Appends one line to `events.jsonl`. */
  async appendEvent(event: TrainingEvent): Promise<void> {
    await appendThrough(this.files.events, `${JSON.stringify(event)}\n`);
  }

  /** Calls `write` with an empty folder, adds the state, and keeps the whole or nothing; returns its final place. */
  async writeCheckpoint(step: number, state: TrainerState, write: (folder: string) => Promise<void>): Promise<string> {
    const { searchKey: search = null } = await this.manifest();
    return writeCheckpoint(this.files.checkpoints, step, { state, search }, write);
  }

  /** Writes `checkpoints/best.json`. */
  async writeBest({ step, value }: BestValue, { metric, mode }: BestBy): Promise<void> {
    const text = JSON.stringify({ step, folder: stepName(step), metric, mode, value });
    await writeFileWhole(this.files.best, `${text}\n`);
  }

  async pruneCheckpoints(retention: Retention): Promise<void> {
    const steps = (await this.checkpoints()).map(({ step }) => step);
    for (const step of expendable(steps, retention)) {
      await removeFolderWhole(join(this.files.checkpoints, stepName(step)));
    }
  }

  async pruneTrajectories(newest: number): Promise<void> {
    const names = await readdir(this.files.trajectories).catch(() => []);
    for (const step of recordedSteps(names).slice(0, -newest)) {
      const file = join(this.files.trajectories, `${stepName(step)}.jsonl`);
      await writing(file, () => rm(file, { force: true }));
    }
  }

  /** What was recorded after the checkpoint goes to `rollbacks/<number>/`; events stay. */
  async goBack(latest: number, rollback: number): ReturnType<TrainingRecord['goBack']> {
    for (const { step, folder } of (await this.checkpoints()).reverse()) {
      if (step > latest) continue;
      const whole = await readWholeCheckpoint(folder).catch((error: unknown) => {
        if (TurnwiseError.is(error) && error.code === 'RUN_CORRUPT') return null;
        throw error;
      });
      if (whole === null) continue;
      await putAside(this.files, step, rollback);
      await rewindTo(this.files, step, null);
      return { step, checkpoint: folder, state: whole.state };
    }
    return null;
  }

  /** The checkpoints, ascending by step. */
  checkpoints(): Promise<Checkpoint[]> {
    return listCheckpoints(this.files.checkpoints);
  }

  /** A tracker that writes TensorBoard events into this folder. */
  tensorBoard(): Tracker {
    return tensorBoardTracker(this.path);
  }

  /**
   * Removes what was recorded after a step, so that going on from its checkpoint records every step once.
   *
   * @param step -1: everything
   * @param events lines of `events.jsonl` that stay
   */
  async rewindTo(step: number, events: number): Promise<void> {
    await rewindTo(this.files, step, events);
  }

  /** Takes back a run that recorded nothing: a failure before the first measurement leaves no folder behind. */
  async removeIfEmpty(): Promise<void> {
    if (existsSync(this.files.metrics)) return;
    await rm(this.files.manifest, { force: true });
    await this.unlock();
    await removeIfEmpty(this.path);
  }

  /** Lets other processes write here again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unlock();
  }
}

/** Removes a folder unless it holds something. */
async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}
