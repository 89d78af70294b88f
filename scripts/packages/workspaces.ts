import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The parts of a package.json that are read here. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
}

export interface Workspace {
  /** From the root of the checkout, e.g. `packages/core`. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** Root of the checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every package of this checkout that is published. */
export function publishedWorkspaces(): Workspace[] {
  return ['packages', 'plugins']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true);
}

function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageManifest;
}
