import { createHash } from 'node:crypto';
import { printableConfig, type RunConfig } from '../config/index.js';
import type { Policy } from '../contract/index.js';
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
  /**
   * Digest of what the answers of searches depend on: search tool, its options, corpus. Runs with equal keys may share a
   * cache of searches. Manifests of earlier versions have none.
   */
  readonly searchKey?: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What the policy computes with where its options leave that open, e.g. which engine `auto` chose. */
  readonly policyComputesWith?: Readonly<Record<string, string>>;
  /** When and after which step the run was continued, and what was noticed. */
  readonly resumes?: readonly { readonly at: string; readonly step: number; readonly notes?: readonly string[] }[];
}

/** The manifest with what the policy says of itself once it is made. */
export function withPolicy(manifest: RunManifest, { computesWith }: Pick<Policy, 'computesWith'>): RunManifest {
  return computesWith === undefined ? manifest : { ...manifest, policyComputesWith: computesWith };
}

/** Describes a composed run, but for what shows when its policy is made. Reads the data, if nothing has yet, to digest it. */
export async function runManifest(scope: RunScope): Promise<RunManifest> {
  const data = await scope.dataDigests();
  return {
    version: 1,
    createdAt: new Date().toISOString(),
    strategy: scope.loaded.strategy,
    seed: scope.config.seed,
    configFile: scope.loaded.file,
    config: printableConfig(scope.loaded),
    plugins: scope.plugins.map(({ kind, id, options, origin }) => ({ kind, id, options, ...origin })),
    data,
    searchKey: searchKeyOf(scope, data.corpus?.sha256),
    versions: {
      node: process.version,
      '@turnwise/core': coreVersion,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}

function searchKeyOf({ plugins }: RunScope, corpus: string | undefined): string {
  const search = plugins.find(({ kind }) => kind === 'search');
  const parts = [search?.id ?? null, search?.options ?? null, corpus ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
