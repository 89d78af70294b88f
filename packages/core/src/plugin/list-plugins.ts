import type { PluginKind } from '../contract/index.js';
import { coreVersion } from './core-version.js';
import type { BuiltinPlugins } from './builtin-plugins.js';
import { findPackageFolder, readPluginManifest } from './plugin-manifest.js';

/** A plugin as its manifest describes it. */
export interface PluginListing {
  readonly kind: PluginKind;
  readonly id: string;
  /** Package it comes from. */
  readonly source: string;
  /** `null` when the package is not installed. */
  readonly version: string | null;
  readonly description: string;
}

/** The plugins that short ids stand for, by kind and id. Reads manifests only; imports nothing. */
export function listBuiltinPlugins({ from, plugins }: BuiltinPlugins): PluginListing[] {
  return Object.entries(plugins).flatMap(([kind, table]) =>
    Object.entries(table).map(([id, builtin]): PluginListing => {
      const shared = { kind: kind as PluginKind, id };
      if ('definition' in builtin) {
        return { ...shared, source: '@turnwise/core', version: coreVersion, description: 'Part of the core' };
      }
      const folder = findPackageFolder(builtin.packageName, from);
      const manifest = folder === null ? null : readPluginManifest(folder);
      const { packageVersion: version = null, description = 'not installed' } = manifest ?? {};
      return { ...shared, source: builtin.packageName, version, description };
    }),
  );
}
