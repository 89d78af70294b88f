import { printableConfig, type RunConfig } from '../config/index.js';
import type { DataDigest, RunScope } from '../container/index.js';
import { coreVersion, type PluginOrigin } from '../plugin/index.js';

/** `manifest.json`: what a run was made of. */
export interface RunManifest {
  /** Version of this file's shape. */
  readonly version: 1;
  readonly createdAt: string;
  readonly strategy: string;
  readonly seed: number;
  /** Absolute path of the configuration file; `null` for defaults and `--set` alone. */
  readonly configFile: string | null;
  /** Resolved; itself a valid configuration. */
  readonly config: RunConfig;
  readonly plugins: readonly (PluginOrigin & {
    readonly kind: string;
    readonly id: string;
    readonly options: unknown;
  })[];
  readonly data: Partial<Record<'corpus' | 'train' | 'eval', DataDigest>>;
  readonly versions: Readonly<Record<string, string>>;
  /** When and after which step the run was continued. */
  readonly resumes?: readonly { readonly at: string; readonly step: number }[];
}

/** Describes a composed run. Reads the data, if nothing has yet, to digest it. */
export async function runManifest(scope: RunScope): Promise<RunManifest> {
  return {
    version: 1,
    createdAt: new Date().toISOString(),
    strategy: scope.loaded.strategy,
    seed: scope.config.seed,
    configFile: scope.loaded.file,
    config: printableConfig(scope.loaded),
    plugins: scope.plugins.map(({ kind, id, options, origin }) => ({ kind, id, options, ...origin })),
    data: await scope.dataDigests(),
    versions: {
      node: process.version,
      '@turnwise/core': coreVersion,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}
