import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a package says about its plugin without being imported: the `turnwise` entry of its package.json. */
export interface PluginManifest {
  readonly packageName: string;
  readonly packageVersion: string;
  readonly description: string;
  /** Folder of the package. */
  readonly folder: string;
  /** `null` when package.json has no `turnwise` entry, or one that is not `{ apiVersion, kind, id }`. */
  readonly turnwise: { readonly apiVersion: number; readonly kind: string; readonly id: string } | null;
  /** Range of @turnwise/core it is a peer of, as it is written; `null`: it does not say. */
  readonly core: string | null;
  /** What keeps the entry from being complete: `"id" (a string)`, ... Empty when it is. */
  readonly lacking: readonly string[];
}

/** The folder of an installed package as seen from a file or folder, by Node's rule; `null` when there is none. */
export function findPackageFolder(packageName: string, from: string): string | null {
  let folder = from.startsWith('file:') ? dirname(fileURLToPath(from)) : from;
  for (;;) {
    const candidate = join(folder, 'node_modules', packageName);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === parse(folder).root) return null;
    folder = dirname(folder);
  }
}

/** Reads a package's manifest; `null` when its package.json cannot be read as an object. Imports nothing. */
export function readPluginManifest(folder: string): PluginManifest | null {
  const content = readPackageFile(folder);
  if (content === null) return null;
  const entry = content['turnwise'] as Record<string, unknown> | null | undefined;
  const peers = content['peerDependencies'] as Record<string, unknown> | null | undefined;
  const text = (key: string): string => (typeof content[key] === 'string' ? content[key] : '');
  const types = { apiVersion: 'number', kind: 'string', id: 'string' };
  const lacking = Object.entries(types).flatMap(([key, type]) =>
    typeof entry?.[key] === type ? [] : [`"${key}" (a ${type})`],
  );
  return {
    packageName: text('name'),
    packageVersion: text('version'),
    description: text('description'),
    folder,
    core: typeof peers?.['@turnwise/core'] === 'string' ? peers['@turnwise/core'] : null,
    turnwise: lacking.length === 0 ? (entry as unknown as NonNullable<PluginManifest['turnwise']>) : null,
    lacking,
  };
}

/** A package.json; `null` when there is none, or it holds no JSON object. */
export function readPackageFile(folder: string): Record<string, unknown> | null {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof content === 'object' && !Array.isArray(content) ? (content as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
