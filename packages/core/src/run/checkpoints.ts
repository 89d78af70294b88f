import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TurnwiseError } from '../errors/index.js';
import { coreVersion } from '../plugin/index.js';
import { writeFileWhole, writeFolderWhole } from './durable-files.js';

/** A checkpoint that was written whole. */
export interface Checkpoint {
  readonly step: number;
  readonly folder: string;
}

/** Written last, into every checkpoint. */
interface TrainerState {
  readonly step: number;
  readonly core: string;
}

const trainerFile = 'trainer.json';

/** `step-000010` */
export function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** Lets `write` fill an empty folder, adds the trainer's state, and keeps the whole or nothing. Returns its place. */
export async function writeCheckpoint(
  folder: string,
  step: number,
  write: (folder: string) => Promise<void>,
): Promise<string> {
  const place = join(folder, stepName(step));
  await writeFolderWhole(place, async (temporary) => {
    await write(temporary);
    const state: TrainerState = { step, core: coreVersion };
    await writeFileWhole(join(temporary, trainerFile), `${JSON.stringify(state)}\n`);
  });
  return place;
}

/** The checkpoints in a folder by step; leftovers of interrupted writes are not among them. */
export async function listCheckpoints(folder: string): Promise<Checkpoint[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^step-\d{6,}$/.test(name) && existsSync(join(folder, name, trainerFile)))
    .map((name) => ({ step: Number(name.slice('step-'.length)), folder: join(folder, name) }))
    .sort((left, right) => left.step - right.step);
}

/** Which step a checkpoint was written after. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT`. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const file = join(folder, trainerFile);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no checkpoint at ${folder}.`, {
      where: folder,
      hint: 'A checkpoint is a folder like runs/<name>/checkpoints/step-000010.',
      cause,
    });
  });
  try {
    const { step } = JSON.parse(text) as TrainerState;
    if (!Number.isInteger(step)) throw new Error('it names no step');
    return { step, folder };
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${file} cannot be read: ${(cause as Error).message}`, {
      where: file,
      cause,
    });
  }
}
