import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { misused } from '../settings.js';

/** A plugin's package.json. */
export interface PackageFile {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** The nearest package.json at or above a file or folder. Throws `TESTKIT_USAGE` when there is none. */
export function findPackage(suite: string, from: string | URL): PackageFile {
  const start = typeof from === 'string' && !from.startsWith('file:') ? from : fileURLToPath(from);
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return { file, content: read(suite, file) };
    if (dirname(folder) === folder) {
      throw misused(
        suite,
        `there is no package.json at or above ${start}.`,
        'Name the place: { from: import.meta.url }; or { from: null } for a plugin in a single file.',
      );
    }
  }
}

function read(suite: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw misused(suite, `${file} is not JSON: ${String(cause)}`, 'Mend the file.');
  }
}
