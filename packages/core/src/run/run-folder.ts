import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
import { listCheckpoints, readWholeCheckpoint, stepName, writeCheckpoint, type Checkpoint } from './checkpoints.js';
import {
  appendThrough,
  removeFolderWhole,
  removeLeftovers,
  writeFileWhole,
  writeFolderWhole,
  writing,
} from './durable-files.js';
import { metricLine } from './metric-line.js';
import { checkRecorded, manifestFile } from './recorded-files.js';
import { lockRun } from './run-lock.js';
import type { RunManifest } from './run-manifest.js';
import { tensorBoardTracker } from './tensorboard-tracker.js';
import { copyLines, keepLines } from './whole-lines.js';

/**
 * A run on disk: `manifest.json`, `metrics.jsonl`, `events.jsonl`, `trajectories/`, `evaluations/`, `checkpoints/`,
 * TensorBoard events. Every file is written whole or, for those that grow, by appending whole records. One process
 * writes at a time.
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
    const unlock = await lockRun(join(path, 'run.lock')).catch(async (error: unknown) => {
      await removeIfEmpty(path);
      throw error;
    });
    const folder = new RunFolder(path, unlock);
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

  /** One line of `events.jsonl`. */
  async appendEvent(event: TrainingEvent): Promise<void> {
    await appendThrough(this.eventsFile, `${JSON.stringify(event)}\n`);
  }

  /** Calls `write` with an empty folder, adds the state, and keeps the whole or nothing; returns its final place. */
  async writeCheckpoint(step: number, state: TrainerState, write: (folder: string) => Promise<void>): Promise<string> {
    const { searchKey: search = null } = await this.manifest();
    return writeCheckpoint(this.checkpointsFolder, step, { state, search }, write);
  }

  /** `checkpoints/best.json` */
  async writeBest({ step, value }: BestValue, { metric, mode }: BestBy): Promise<void> {
    const text = JSON.stringify({ step, folder: stepName(step), metric, mode, value });
    await writeFileWhole(this.bestFile, `${text}\n`);
  }

  async pruneCheckpoints(retention: Retention): Promise<void> {
    const steps = (await this.checkpoints()).map(({ step }) => step);
    for (const step of expendable(steps, retention)) {
      await removeFolderWhole(join(this.checkpointsFolder, stepName(step)));
    }
  }

  async pruneTrajectories(newest: number): Promise<void> {
    const names = await readdir(this.trajectoriesFolder).catch(() => []);
    const steps = names.flatMap((name) => (/^step-\d+\.jsonl$/.test(name) ? stepInName(name) : []));
    for (const step of steps.sort((left, right) => left - right).slice(0, -newest)) {
      const file = join(this.trajectoriesFolder, `${stepName(step)}.jsonl`);
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
      await this.putAside(step, rollback);
      await this.rewindTo(step, null);
      return { step, checkpoint: folder, state: whole.state };
    }
    return null;
  }

  private async putAside(step: number, rollback: number): Promise<void> {
    await writeFolderWhole(join(this.rollbacksFolder, String(rollback)), async (place) => {
      await copyLines(this.metricsFile, join(place, 'metrics.jsonl'), (line) => stepOf(line) > step);
      for (const folder of [this.trajectoriesFolder, this.evaluationsFolder]) {
        await mkdir(join(place, basename(folder)));
        for (const name of await readdir(folder)) {
          if (stepInName(name) > step) await copyFile(join(folder, name), join(place, basename(folder), name));
        }
      }
    });
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
   * Removes what was recorded after a step, so that going on from its checkpoint records every step once; a line cut off
   * by a crash and leftovers of interrupted writes go with it. Checkpoints go first, newest first: whoever is killed on
   * the way and goes on again finds none that is later than the metrics.
   *
   * @param step -1: everything
   * @param events lines of `events.jsonl` that stay; `null`: all
   */
  async rewindTo(step: number, events: number | null = 0): Promise<void> {
    const isLater = (name: string): boolean => stepInName(name) > step;
    const later = async (folder: string): Promise<string[]> => {
      const names = await readdir(folder).catch(() => []);
      return names.filter(isLater).sort((left, right) => stepInName(right) - stepInName(left));
    };
    await removeLeftovers(this.path);
    await removeLeftovers(this.rollbacksFolder);
    for (const folder of [this.checkpointsFolder, this.trajectoriesFolder, this.evaluationsFolder]) {
      await removeLeftovers(folder);
      for (const name of await later(folder)) await removeFolderWhole(join(folder, name));
    }
    const best = await readFile(this.bestFile, 'utf8').catch(() => null);
    if (best !== null && !existsSync(join(this.checkpointsFolder, folderIn(best)))) await rm(this.bestFile);
    if (existsSync(this.metricsFile)) await keepLines(this.metricsFile, (line) => stepOf(line) <= step);
    if (events === null || !existsSync(this.eventsFile)) return;
    let left = events;
    await keepLines(this.eventsFile, () => left-- > 0);
  }

  /** Takes back a run that recorded nothing: a failure before the first measurement leaves no folder behind. */
  async removeIfEmpty(): Promise<void> {
    if (existsSync(this.metricsFile)) return;
    await rm(this.manifestFile, { force: true });
    await this.unlock();
    await removeIfEmpty(this.path);
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

  private get eventsFile(): string {
    return join(this.path, 'events.jsonl');
  }

  private get bestFile(): string {
    return join(this.checkpointsFolder, 'best.json');
  }

  private get rollbacksFolder(): string {
    return join(this.path, 'rollbacks');
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

/** A folder that holds something stays. */
async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

/** Reads a run's manifest without opening it for writing. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT`. */
export async function readManifest(path: string): Promise<RunManifest> {
  const file = join(path, 'manifest.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no run in ${path}.`, {
      where: path,
      hint: 'A run is a folder with a manifest.json; `turnwise train` without --resume starts one.',
      cause,
    });
  });
  try {
    const manifest = JSON.parse(text) as RunManifest;
    checkRecorded(file, manifest, manifestFile);
    return manifest;
  } catch (cause) {
    if (TurnwiseError.is(cause)) throw cause;
    throw new TurnwiseError('RUN_CORRUPT', `${file} is not valid JSON: ${(cause as Error).message}`, {
      where: file,
      cause,
    });
  }
}

/** -1 when there is none. */
function stepInName(name: string): number {
  return Number(/^step-(\d+)/.exec(name)?.[1] ?? -1);
}

function folderIn(best: string): string {
  try {
    return (JSON.parse(best) as { folder: string }).folder;
  } catch {
    return 'unreadable';
  }
}

function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
