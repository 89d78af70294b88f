import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeFolderWhole, removeLeftovers, writeFolderWhole } from './durable-files.js';
import type { RunFiles } from './run-files.js';
import { stepInName } from './step-name.js';
import { copyLines, keepLines } from './whole-lines.js';

/**
 * Removes what was recorded after a step, so that going on from its checkpoint records every step once; a line cut off
 * by a crash and leftovers of interrupted writes go with it. Checkpoints go first, the newest first: when the process
 * is killed on the way and the run goes on again, no checkpoint is later than the metrics.
 *
 * @param step -1: everything
 * @param events lines of `events.jsonl` that stay; `null`: all
 */
export async function rewindTo(files: RunFiles, step: number, events: number | null): Promise<void> {
  const isLater = (name: string): boolean => stepInName(name) > step;
  const later = async (folder: string): Promise<string[]> => {
    const names = await readdir(folder).catch(() => []);
    return names.filter(isLater).sort((left, right) => stepInName(right) - stepInName(left));
  };
  await removeLeftovers(files.folder);
  await removeLeftovers(files.rollbacks);
  for (const folder of [files.checkpoints, files.trajectories, files.evaluations]) {
    await removeLeftovers(folder);
    for (const name of await later(folder)) await removeFolderWhole(join(folder, name));
  }
  const best = await readFile(files.best, 'utf8').catch(() => null);
  if (best !== null && !existsSync(join(files.checkpoints, folderIn(best)))) await rm(files.best);
  if (existsSync(files.metrics)) await keepLines(files.metrics, (line) => stepOf(line) <= step);
  if (events === null || !existsSync(files.events)) return;
  let left = events;
  await keepLines(files.events, () => left-- > 0);
}

/** Keeps a copy of what was recorded after a step, in `rollbacks/<number>/`. */
export async function putAside(files: RunFiles, step: number, rollback: number): Promise<void> {
  await writeFolderWhole(join(files.rollbacks, String(rollback)), async (place) => {
    await copyLines(files.metrics, join(place, 'metrics.jsonl'), (line) => stepOf(line) > step);
    for (const folder of [files.trajectories, files.evaluations]) {
      await mkdir(join(place, basename(folder)));
      // Where the settings keep no trajectories there is no folder of them.
      if (!existsSync(folder)) continue;
      for (const name of await readdir(folder)) {
        if (stepInName(name) > step) await copyFile(join(folder, name), join(place, basename(folder), name));
      }
    }
  });
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
