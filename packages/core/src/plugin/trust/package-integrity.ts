import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** `sha256-<hex>` of one file. */
export function fileIntegrity(file: string): string {
  return `sha256-${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
}

/**
 * `sha256-<hex>` over every file of a package, by name and content, whatever order a disk lists them in. What it
 * depends on lies in its own `node_modules` and is left out, as is `.git`: the package manager's lock file holds that.
 * Folders of these names deeper down are the package's own and count. Links count as what they lead to; one that leads
 * nowhere or back to a folder around it, and what is neither file nor folder, counts by its name.
 */
export function packageIntegrity(folder: string): string {
  const root = realpathSync(folder);
  const hash = createHash('sha256');
  for (const { path, content } of contentsBelow(root, [root], true)) {
    hash.update(`${relative(root, path).split(sep).join('/')}\0${content}\n`);
  }
  return `sha256-${hash.digest('hex')}`;
}

interface Content {
  readonly path: string;
  /** Hash of a file, or a word that stands for what has no content. */
  readonly content: string;
}

/** @param around the folder itself and those it lies in, without links */
function contentsBelow(folder: string, around: readonly string[], isRoot = false): Content[] {
  return readdirSync(folder)
    .filter((name) => !isRoot || (name !== 'node_modules' && name !== '.git'))
    .sort((left, right) => (left < right ? -1 : 1))
    .flatMap((name) => {
      const path = join(folder, name);
      const real = realPath(path);
      if (real === null) return [{ path, content: 'link' }];
      const stat = statSync(real);
      if (stat.isFile()) return [{ path, content: createHash('sha256').update(readFileSync(real)).digest('hex') }];
      if (!stat.isDirectory()) return [{ path, content: 'special' }];
      return around.includes(real) ? [{ path, content: 'link' }] : contentsBelow(path, [...around, real]);
    });
}

/** Where a path leads; `null` for a link to nowhere. */
function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
