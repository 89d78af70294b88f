import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveModulePath } from 'exsolve';
import { importLocalModule, type OfferedModules } from './import-local-module.js';
import type { BuiltinPlugins } from './builtin-plugins.js';
import {
  fileNotFound,
  noEntry,
  noPackageName,
  packageNotFound,
  unknownShortId,
  unreadableManifest,
  type AskedFor,
} from './plugin-errors.js';
import { isFilePlugin, isPackageName, isWholePackageName } from './plugin-name.js';
import type { PluginTrust } from './trust/plugin-trust.js';
import { findPackageFolder, readPluginManifest, type PluginManifest } from './plugin-manifest.js';

/** Where plugins are looked for. */
export interface PluginSources {
  readonly builtins: BuiltinPlugins;
  /** Packages and relative files are looked up from here: the folder of the configuration, never the current one. */
  readonly folder: string;
  /** Modules that local plugin files may import by name without having them installed. */
  readonly modules?: OfferedModules | undefined;
  /** Which packages may run. Default: all. */
  readonly trust?: PluginTrust | undefined;
}

/** A plugin that was found but not yet imported. */
export interface ResolvedPlugin {
  /** A short id, a file of the project, or a third party's package. */
  readonly origin: 'builtin' | 'file' | 'package';
  /** Package name, file or `@turnwise/core`. */
  readonly source: string;
  /** The file that will be imported; `null` when the definition is already at hand. */
  readonly entry: string | null;
  /** `null` for single files and for plugins inside the core. */
  readonly manifest: PluginManifest | null;
  /** The module's default export. */
  readonly load: () => Promise<unknown>;
}

/**
 * Finds a plugin by what the configuration says: a short id in the static table, a file, or an installed package.
 * Imports nothing. Throws `PLUGIN_NOT_FOUND`.
 */
export function resolvePlugin(asked: AskedFor, sources: PluginSources): ResolvedPlugin {
  const { name } = asked;
  if (isFilePlugin(name)) return resolveFile(asked, sources);
  if (isPackageName(name)) return resolvePackage(asked, sources.folder);
  const table = sources.builtins.plugins[asked.kind] ?? {};
  const builtin = Object.hasOwn(table, name) ? table[name] : undefined;
  if (builtin === undefined) throw unknownShortId(asked, Object.keys(table));
  if ('definition' in builtin) {
    return {
      origin: 'builtin',
      source: '@turnwise/core',
      entry: null,
      manifest: null,
      load: () => Promise.resolve(builtin.definition),
    };
  }
  const folder = findPackageFolder(builtin.packageName, sources.builtins.from);
  return {
    origin: 'builtin',
    source: builtin.packageName,
    entry: folder === null ? null : packageEntry(builtin.packageName, sources.builtins.from),
    manifest: folder === null ? null : readPluginManifest(folder),
    load: async () => defaultExport(await builtin.load()),
  };
}

function resolveFile(asked: AskedFor, { folder, modules }: PluginSources): ResolvedPlugin {
  const entry = resolve(folder, asked.name);
  if (!existsSync(entry) || !statSync(entry).isFile()) throw fileNotFound({ ...asked, name: entry });
  return {
    origin: 'file',
    source: entry,
    entry,
    manifest: null,
    load: () => importPluginFile(entry, modules),
  };
}

/** The default export of a file of the project, TypeScript or JavaScript. */
export async function importPluginFile(file: string, modules: OfferedModules | undefined): Promise<unknown> {
  const typescript = /^\.[cm]?ts$/.test(extname(file));
  return defaultExport(typescript ? await importLocalModule(file, modules) : await importEntry(file));
}

/** The default export of a package's entry. */
export async function importPackageEntry(entry: string): Promise<unknown> {
  return defaultExport(await importEntry(entry));
}

function importEntry(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

function resolvePackage(asked: AskedFor, from: string): ResolvedPlugin {
  if (!isWholePackageName(asked.name)) throw noPackageName(asked);
  const folder = findPackageFolder(asked.name, from);
  if (folder === null) throw packageNotFound(asked, from);
  // Without a manifest nothing could be judged before it is imported, trust included.
  const manifest = readPluginManifest(folder);
  if (manifest === null) throw unreadableManifest(asked, folder);
  let entry: string;
  try {
    entry = resolveModulePath(asked.name, resolveOptions(from));
  } catch (cause) {
    throw noEntry(asked, folder, cause);
  }
  return {
    origin: 'package',
    source: asked.name,
    entry,
    manifest,
    load: () => importPackageEntry(entry),
  };
}

/** The file that importing a package from a place would load; `null` when there is none. */
export function packageEntry(packageName: string, from: string): string | null {
  return resolveModulePath(packageName, { ...resolveOptions(from), try: true }) ?? null;
}

/** `createRequire().resolve` would miss packages that export only `import`, so conditions are given explicitly. */
function resolveOptions(from: string): { from: string; conditions: string[]; cache: false } {
  const flags = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  const own = flags.flatMap((flag) => /^--conditions=(.+)$/.exec(flag)?.[1] ?? []);
  return {
    from: from.startsWith('file:') ? from : `${pathToFileURL(from).href}/`,
    conditions: [...own, 'node', 'import', 'default'],
    cache: false,
  };
}

function defaultExport(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}
