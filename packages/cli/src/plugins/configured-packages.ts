import { dirname } from 'node:path';
import {
  findPackageFolder,
  inspectPackage,
  isPackageName,
  pluginKindNames,
  pluginRequests,
  pluginTrust,
  TurnwiseError,
  writePluginLock,
  type LoadedConfig,
  type LockedPlugin,
  type PackageInspection,
} from '@turnwise/core';

/** A third-party plugin as a configuration names it. */
export interface ConfiguredPackage {
  readonly kind: string;
  readonly name: string;
}

/** The third-party packages a configuration names, each once. Imports nothing. */
export function configuredPackages(loaded: LoadedConfig): ConfiguredPackage[] {
  const named = pluginRequests(loaded, pluginKindNames).flatMap(({ kind, use }) =>
    typeof use === 'string' && isPackageName(use) ? [{ kind, name: use }] : [],
  );
  return named.filter(({ name }, index) => named.findIndex((other) => other.name === name) === index);
}

/** Reads an installed plugin. Throws `PLUGIN_NOT_FOUND`. */
export function examine(name: string, folder: string): PackageInspection {
  const found = isPackageName(name) ? inspectPackage(name, folder) : null;
  if (found !== null) return found;
  throw new TurnwiseError(
    'PLUGIN_NOT_FOUND',
    `The package ${JSON.stringify(name)} is not installed; looked from ${folder} upwards.`,
    {
      where: folder,
      hint: isPackageName(name)
        ? `Install it yourself: npm install --save-exact ${name}. Nothing is installed for you.`
        : 'Give the name of a package: turnwise-<kind>-<id> or @scope/turnwise-<kind>-<id>.',
    },
  );
}

/** What locking did to the entries of a lock file. */
export interface Locking {
  readonly file: string;
  /** The named packages, as they are installed now. */
  readonly locked: readonly LockedPlugin[];
  /** Entries of other packages, which stayed as they were. */
  readonly kept: readonly LockedPlugin[];
  /** Entries of other packages that are not installed any more; they were taken out. */
  readonly removed: readonly LockedPlugin[];
}

/**
 * Writes the packages, as they are installed now, into the lock file of a configuration. Other configurations may share
 * it: the entry of a package that is installed and not named here stays as it was decided on, because a changed package
 * would run if it had none.
 */
export function lockPackages(loaded: LoadedConfig, packages: readonly ConfiguredPackage[]): Locking {
  const { lockFile, lock } = pluginTrust(loaded);
  const named = packages.filter(({ name }, index) => packages.findIndex((other) => other.name === name) === index);
  const locked = named.map(({ kind, name }) => entryOf(kind, examine(name, loaded.folder)));
  const others = (lock ?? []).filter(({ name }) => !named.some((other) => other.name === name));
  const isInstalled = ({ name }: LockedPlugin): boolean =>
    [loaded.folder, dirname(lockFile)].some((from) => findPackageFolder(name, from) !== null);
  const kept = others.filter(isInstalled);
  writePluginLock(lockFile, [...locked, ...kept]);
  return { file: lockFile, locked, kept, removed: others.filter((other) => !kept.includes(other)) };
}

/**
 * Adds a package to the lock file of a configuration. Entries of other packages stay as they are: nobody looked at
 * those packages now.
 */
export function addToLock(
  loaded: LoadedConfig,
  found: PackageInspection,
): { readonly file: string; readonly locked: readonly LockedPlugin[] } {
  const { lockFile, lock } = pluginTrust(loaded);
  const others = (lock ?? []).filter(({ name }) => name !== found.name);
  const locked = [...others, entryOf(found.manifest?.kind ?? '', found)];
  writePluginLock(lockFile, locked);
  return { file: lockFile, locked };
}

function entryOf(kind: string, { name, version, integrity, manifest }: PackageInspection): LockedPlugin {
  return { kind, id: manifest?.id ?? name, name, version, integrity };
}
