import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TurnwiseError } from '@turnwise/core';
import type { NewPlugin } from './new-plugin.js';
import { packageFiles } from './package-files.js';

/**
 * Writes a new plugin package into a folder that does not exist yet or is empty, a `.git` aside. Returns the paths written, from the
 * folder. Throws `CONFIG_USAGE`, writing nothing, when the folder holds something; also when it
 * cannot be written to.
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
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    } catch (error) {
      throw unusable(`${file} cannot be written`, error);
    }
  }
  return [...files.keys()];
}

async function contents(folder: string): Promise<string[]> {
  try {
    // A repository that was just made or cloned is as good as empty.
    return (await readdir(folder)).filter((name) => name !== '.git');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unusable(`${folder} cannot be made a folder`, error);
  }
}

function unusable(problem: string, cause: unknown): TurnwiseError {
  const { code } = cause as NodeJS.ErrnoException;
  const hint = 'Name a new folder, in a place that can be written to.';
  return new TurnwiseError('CONFIG_USAGE', `${problem}: ${code ?? String(cause)}.`, { hint, cause });
}
