import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { runFiles } from '@turnwise/core';

/** Runs lie at most this many folders below the one that is shown: `runs/<name>`, and the runs of a comparison. */
const deepest = 3;

const skipped = new Set(['node_modules', 'checkpoints', 'trajectories', 'evaluations', '.git', 'dist']);

/** Finds runs below a folder, and nothing outside it. */
export class RunDirectory {
  constructor(
    /** Absolute. */
    readonly folder: string,
  ) {}

  /** Names of all runs, sorted: paths from the folder, with `/`; `.` when the folder itself is a run. */
  async names(): Promise<string[]> {
    const found: string[] = [];
    await this.#collect(this.folder, 0, found);
    return found.sort();
  }

  /**
   * The folder of a run, or `null` when there is no such run here. A name comes from outside: it must lead, links
   * followed, to a place below the folder that holds a manifest.
   */
  async find(name: string): Promise<string | null> {
    if (name.includes('\0') || isAbsolute(name) || name.split(/[\\/]/).includes('..')) return null;
    const path = join(this.folder, name);
    if (!existsSync(runFiles(path).manifest)) return null;
    try {
      const [place, root] = await Promise.all([realpath(path), realpath(this.folder)]);
      return place === root || place.startsWith(root + sep) ? path : null;
    } catch {
      return null;
    }
  }

  async #collect(folder: string, depth: number, found: string[]): Promise<void> {
    if (existsSync(runFiles(folder).manifest)) {
      found.push(relative(this.folder, folder).split(sep).join('/') || '.');
      return;
    }
    if (depth === deepest) return;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !skipped.has(entry.name))
        await this.#collect(join(folder, entry.name), depth + 1, found);
    }
  }
}
