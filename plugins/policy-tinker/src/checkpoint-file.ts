import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TurnwiseError, writeFileWhole } from '@turnwise/core';
import type { TinkerOptions } from './tinker-options.js';

/** What a checkpoint folder holds: the weights themselves stay on the server. */
const fileName = 'tinker.json';

type Named = Pick<TinkerOptions, 'baseModel' | 'rank' | 'server'>;

export function writeCheckpoint(folder: string, path: string, { baseModel, rank, server }: Named): Promise<void> {
  return writeFileWhole(join(folder, fileName), `${JSON.stringify({ path, baseModel, rank, server }, null, 2)}\n`);
}

/**
 * The `tinker://` path of a checkpoint.
 *
 * @throws RUN_CORRUPT for a folder that holds none, PLUGIN_OPTIONS_INVALID for one of another model or rank
 */
export async function readCheckpoint(folder: string, options: Named): Promise<string> {
  const file = join(folder, fileName);
  const stored = await parse(file);
  for (const name of ['baseModel', 'rank'] as const) {
    const [theirs, ours] = [stored[name], options[name]];
    if (theirs === undefined || theirs === ours) continue;
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The checkpoint has ${name} ${theirs}, the options ${ours}.`, {
      where: `policy.with.${name}`,
      hint: `Set ${name} to ${theirs}.`,
    });
  }
  return stored.path;
}

async function parse(file: string): Promise<{ path: string } & Partial<Named>> {
  try {
    const stored = JSON.parse(await readFile(file, 'utf8')) as { path?: unknown } & Partial<Named>;
    const { path } = stored;
    if (typeof path !== 'string') throw new Error('it names no path on the server');
    return { ...stored, path };
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${file} cannot be read: ${(cause as Error).message}`, {
      where: file,
      cause,
    });
  }
}
