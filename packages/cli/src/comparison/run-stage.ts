import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { assertSameRun, listCheckpoints, readManifest, runFiles, TurnwiseError } from '@turnwise/core';
import type { PlannedRun } from './planned-run.js';

/** What is left to do for a run: all of it, the rest, or nothing. */
export type RunStage = 'start' | 'resume' | 'finished';

/**
 * Looks at the folder of a run. One that recorded nothing it could go on from is removed.
 *
 * @throws CONFIG_INVALID when the folder holds a run of another configuration, RUN_CORRUPT.
 */
export async function runStage({ folder, loaded }: PlannedRun): Promise<RunStage> {
  const files = runFiles(folder);
  if (!existsSync(files.manifest)) return 'start';
  const manifest = await readManifest(folder);
  assertSameRun(folder, manifest, loaded);
  const { training } = loaded.config;
  const recorded = manifest.config.training;
  for (const key of ['evalEvery', 'evalQuestions'] as const) {
    if (recorded[key] === training[key]) continue;
    throw unequal(folder, loaded.locate(['training', key]), `training.${key}`, training[key], recorded[key]);
  }
  const last = (await listCheckpoints(files.checkpoints)).at(-1)?.step ?? 0;
  if (last > training.steps) {
    throw unequal(folder, loaded.locate(['training', 'steps']), 'training.steps', training.steps, last);
  }
  if (last === training.steps) return 'finished';
  if (last > 0) return 'resume';
  await rm(folder, { recursive: true, force: true });
  return 'start';
}

function unequal(folder: string, where: string, key: string, now: unknown, before: unknown): TurnwiseError {
  return new TurnwiseError(
    'CONFIG_INVALID',
    `${key} is ${String(now)}, and ${String(before)} of the run in ${folder}.`,
    {
      where,
      hint: 'Runs compare at the same budget: set it back, or choose another --run-dir.',
    },
  );
}
