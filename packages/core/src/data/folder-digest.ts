import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileDigest } from './file-digest.js';

/**
 * SHA-256 over the files of a folder, by their names and contents: equal for equal copies wherever they lie. Of a file,
 * that of its bytes.
 *
 * @param leaveOut Says of a path inside the folder, with `/`, whether it does not count. Default: all count.
 */
export async function folderDigest(place: string, leaveOut: (path: string) => boolean = () => false): Promise<string> {
  if ((await stat(place)).isFile()) return fileDigest(place);
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(place, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !leaveOut(path))
    .sort((left, right) => (left < right ? -1 : 1));
  const hash = createHash('sha256');
  for (const path of files) hash.update(`${path}\n${await fileDigest(join(place, path))}\n`);
  return hash.digest('hex');
}
