import { readFile } from 'node:fs/promises';
import { TurnwiseError } from '../errors/index.js';
import { checkRecorded, manifestFile, notJson } from './recorded-files.js';
import { runFiles } from './run-files.js';
import type { RunManifest } from './run-manifest.js';

/** Reads a run's manifest without opening it for writing. Throws `RUN_NOT_FOUND`, `RUN_CORRUPT`. */
export async function readManifest(path: string): Promise<RunManifest> {
  const { manifest: file } = runFiles(path);
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
    throw notJson(file, cause, 'Put the file back from a copy; without it the run cannot be read.');
  }
}
