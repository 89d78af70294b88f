import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { hidePasswords, printableConfig } from '../config/index.js';
import type { DataDigest, RunScope } from '../container/index.js';
import type { PluginKind } from '../contract/index.js';
import { folderDigest } from '../data/index.js';
import { metricVersion } from '../evaluation/index.js';
import { coreVersion, type LoadedPlugin } from '../plugin/index.js';
import { promptPin, type PromptPin } from './prompt-pin.js';

/** Which plugin, with all of its options. */
export interface PluginPin {
  readonly id: string;
  readonly source: string;
  readonly version: string;
  readonly integrity: string | null;
  readonly options: unknown;
}

/**
 * What a score depends on. Two evaluations can be compared when these are equal but for what is being compared; a score
 * without them cannot be made again.
 */
export interface EvaluationConditions {
  readonly corpus: DataDigest | null;
  readonly questions: DataDigest | null;
  /** The search tool, and what stands around it. */
  readonly retriever: PluginPin & { readonly layer: unknown };
  /** Passages a search brings. */
  readonly k: number;
  readonly prompt: PluginPin & PromptPin;
  readonly metricVersion: string;
  readonly policy: PluginPin & {
    /** The folder that was loaded, with a SHA-256 of its files but the trainer's; `null`: the policy as configured. */
    readonly checkpoint: { readonly folder: string; readonly sha256: string } | null;
    /** SHA-256 of the files and folders that its options name, by option. */
    readonly files: Readonly<Record<string, string>>;
  };
  readonly seed: number;
  readonly decoding: Readonly<
    Record<
      | 'temperature'
      | 'topP'
      | 'groupSize'
      | 'maxTurns'
      | 'maxTokensPerTurn'
      | 'maxObservationTokens'
      | 'maxPassageTokens',
      number
    >
  >;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Describes what an evaluation is made under.
 *
 * @param scope Composed with policy, search and protocol.
 * @param checkpoint Folder the policy was loaded from, or `null`.
 * @param resolveAsset As the environment of the run has it: what names like `quickstart` stand for.
 */
export async function evaluationConditions(
  scope: RunScope,
  checkpoint: string | null,
  resolveAsset: (name: string) => string | null = () => null,
): Promise<EvaluationConditions> {
  const { settings, loaded, plugins } = scope;
  const digests = await scope.dataDigests(['corpus', 'eval']);
  const config = printableConfig(loaded);
  const pin = (kind: PluginKind): PluginPin => pinOf(plugins.find((plugin) => plugin.kind === kind));
  const policy = pin('policy');
  const { topP, maxTurns, maxTokensPerTurn, maxObservationTokens, maxPassageTokens, topK } = settings.rollout;
  return {
    corpus: digests.corpus ?? null,
    questions: digests.eval ?? null,
    retriever: { ...pin('search'), layer: config.search.layer },
    k: topK,
    prompt: { ...pin('protocol'), ...promptPin(await scope.protocol()) },
    metricVersion,
    policy: {
      ...policy,
      checkpoint:
        checkpoint === null ? null : { folder: checkpoint, sha256: await folderDigest(checkpoint, isTrainers) },
      files: await namedFiles(policy.options, loaded.folder, resolveAsset),
    },
    seed: settings.seed,
    decoding: { ...settings.evaluation, topP, maxTurns, maxTokensPerTurn, maxObservationTokens, maxPassageTokens },
    versions: { node: process.version, '@turnwise/core': coreVersion },
  };
}

/** State that goes on training and does not change an answer. */
function isTrainers(path: string): boolean {
  return path === 'trainer.json' || /^optimi[sz]er\b/.test(path);
}

function pinOf(plugin: LoadedPlugin | undefined): PluginPin {
  if (plugin === undefined) throw new RangeError('the scope was composed without a plugin the evaluation uses');
  const { id, options, origin } = plugin;
  return { id, ...origin, options: hidePasswords(options) };
}

async function namedFiles(
  options: unknown,
  folder: string,
  resolveAsset: (name: string) => string | null,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, value] of Object.entries(options ?? {})) {
    if (typeof value !== 'string' || value === '') continue;
    const place = resolveAsset(value) ?? resolve(folder, value);
    if (existsSync(place)) files[name] = await folderDigest(place);
  }
  return files;
}
