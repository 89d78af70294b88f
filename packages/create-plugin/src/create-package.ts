import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TurnwiseError } from '@turnwise/core';
import type { NewPlugin } from './new-plugin.js';
import { packageFiles } from './package-files.js';

/**
 * Writes a new plugin package into a folder that does not exist yet or is empty. Returns the paths written, from the
 * folder. Throws `CONFIG_USAGE`, writing nothing, when the folder holds something.
 */
export async function createPackage(folder: string, plugin: NewPlugin): Promise<readonly string[]> {
  const there = await contents(folder);
  if (there.length > 0) {
    throw new TurnwiseError(
      'CONFIG_USAGE',
      `${folder} is not empty: it holds ${there.slice(0, 3).join(', ')}${there.length > 3 ? ', ...' : ''}.`,
      { hint: 'Name a new folder; nothing is overwritten.' },
    );
  }
  const files = await packageFiles(plugin, new Date().getFullYear());
  for (const [path, content] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return [...files.keys()];
}

async function contents(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new TurnwiseError('CONFIG_USAGE', `${folder} cannot be made a folder: ${code ?? String(error)}.`, {
      hint: 'Name a new folder.',
      cause: error,
    });
  }
}
