import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDigest } from '../data/index.js';

/** What a file was when it was written. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Digests of every file below a folder, by path relative to it, in alphabetical order. */
export async function digestFiles(folder: string): Promise<Record<string, FileDigest>> {
  const digests: Record<string, FileDigest> = {};
  for (const name of await filesBelow(folder)) {
    const path = join(folder, name);
    digests[name] = { bytes: (await stat(path)).size, sha256: await fileDigest(path) };
  }
  return digests;
}

/** What is wrong with the files of a folder, in a few words; `null` when they are what they were. */
export async function damageIn(folder: string, digests: Readonly<Record<string, FileDigest>>): Promise<string | null> {
  for (const [name, { bytes, sha256 }] of Object.entries(digests)) {
    const path = join(folder, name);
    const size = await stat(path).then(
      (found) => found.size,
      () => null,
    );
    if (size === null) return `${name} is missing`;
    if (size !== bytes) return `${name} has ${size} bytes instead of ${bytes}`;
    if ((await fileDigest(path)) !== sha256) return `${name} is not what was written`;
  }
  return null;
}

async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) names.push(...(await filesBelow(folder, name)));
    else names.push(name);
  }
  return names.sort();
}
