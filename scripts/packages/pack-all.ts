import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspaces.js';

/** What `npm pack` says of one package. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** The tarball, an absolute path. */
  readonly file: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Bytes once unpacked. */
  readonly unpackedSize: number;
  readonly entryCount: number;
}

/** Packs every published package as `npm publish` would, from what is built, into a folder. */
export function packAll(folder: string): PackedPackage[] {
  mkdirSync(folder, { recursive: true });
  const output = execFileSync('npm', ['pack', '--workspaces', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  type Listed = Omit<PackedPackage, 'file'> & { readonly filename: string };
  const listed = JSON.parse(output) as readonly Listed[] | Readonly<Record<string, Listed>>;
  return Object.values(listed)
    .map(({ name, version, filename, size, unpackedSize, entryCount }) => ({
      name,
      version,
      file: join(folder, filename),
      size,
      unpackedSize,
      entryCount,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
