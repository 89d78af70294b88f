import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** `sha256-<hex>` of one file. */
export function fileIntegrity(file: string): string {
  return `sha256-${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
}

/**
 * `sha256-<hex>` over every file of a package, by name and content, whatever order a disk lists them in. What it
 * depends on lies in `node_modules` and is left out: the package manager's own lock file holds that.
 */
export function packageIntegrity(folder: string): string {
  const root = realpathSync(folder);
  const hash = createHash('sha256');
  for (const file of filesBelow(root)) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content}\n`);
  }
  return `sha256-${hash.digest('hex')}`;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== 'node_modules' && name !== '.git')
    .sort((left, right) => (left < right ? -1 : 1))
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
