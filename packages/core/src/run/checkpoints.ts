import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TurnwiseError } from '../errors/index.js';
import { coreVersion } from '../plugin/index.js';
import type { TrainerState } from '../training/index.js';
import { writeFileWhole, writeFolderWhole } from './durable-files.js';
import { damageIn, digestFiles, type FileDigest } from './file-digests.js';
import { checkRecorded, notJson, trainerFile as trainerFileSchema } from './recorded-files.js';
import { stepName } from './step-name.js';

/** A checkpoint that was written whole. */
export interface Checkpoint {
  readonly step: number;
  readonly folder: string;
}

/** `trainer.json`, written last into every checkpoint. What is optional was not kept by earlier versions. */
interface TrainerFile {
  readonly step: number;
  readonly core: string;
  /** Digest of what the answers of searches depend on: corpus, search tool and its options. */
  readonly search?: string | null;
  readonly state?: TrainerState;
  /** The other files of the checkpoint, by path relative to it. */
  readonly files?: Readonly<Record<string, FileDigest>>;
}

const trainerFile = 'trainer.json';
const otherCheckpoint = 'Use another checkpoint of the run; --resume falls back to the one before by itself.';

/** Lets `write` fill an empty folder, adds state and digests, and keeps the whole or nothing. Returns its place. */
export async function writeCheckpoint(
  folder: string,
  step: number,
  { state, search }: { readonly state: TrainerState; readonly search: string | null },
  write: (folder: string) => Promise<void>,
): Promise<string> {
  const place = join(folder, stepName(step));
  await writeFolderWhole(place, async (temporary) => {
    await write(temporary);
    const trainer: TrainerFile = { step, core: coreVersion, search, state, files: await digestFiles(temporary) };
    await writeFileWhole(join(temporary, trainerFile), `${JSON.stringify(trainer)}\n`);
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

/**
 * Which step a checkpoint was written after. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT` (also when a file of it is not what
 * was written).
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const { step } = await readWholeCheckpoint(folder);
  return { step, folder };
}

/** A checkpoint with what the training loop knew; `null` for what its version did not keep. */
export interface WholeCheckpoint extends Checkpoint {
  readonly state: TrainerState | null;
  readonly search: string | null;
}

/** Reads `trainer.json` and compares every other file with its digest. Throws as {@link readCheckpoint}. */
export async function readWholeCheckpoint(folder: string): Promise<WholeCheckpoint> {
  const file = join(folder, trainerFile);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no checkpoint at ${folder}.`, {
      where: folder,
      hint: 'A checkpoint is a folder like runs/<name>/checkpoints/step-000010.',
      cause,
    });
  });
  const trainer = parseTrainer(file, text);
  const damage = trainer.files === undefined ? null : await damageIn(folder, trainer.files);
  if (damage !== null) {
    throw new TurnwiseError('RUN_CORRUPT', `The checkpoint ${folder} is damaged: ${damage}.`, {
      where: folder,
      hint: otherCheckpoint,
    });
  }
  const state = trainer.state ?? null;
  return {
    step: trainer.step,
    folder,
    state: state && withStandingBest(folder, state),
    search: trainer.search ?? null,
  };
}

/**
 * The state, without its best step when the checkpoint of that step is gone. It may have been removed for a better one
 * that came later; a run that goes back to before that one has neither, so its best is searched for anew among the
 * steps that follow.
 */
function withStandingBest(folder: string, state: TrainerState): TrainerState {
  if (state.best === null) return state;
  const stands = existsSync(join(dirname(folder), stepName(state.best.step), trainerFile));
  return stands ? state : { ...state, best: null };
}

function parseTrainer(file: string, text: string): TrainerFile {
  try {
    const trainer = JSON.parse(text) as TrainerFile;
    checkRecorded(file, trainer, trainerFileSchema);
    return trainer;
  } catch (cause) {
    if (TurnwiseError.is(cause)) throw cause;
    throw notJson(file, cause, otherCheckpoint);
  }
}
