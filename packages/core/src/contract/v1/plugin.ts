import type { StandardSchemaV1 } from './standard-schema.js';
import type { MemoryEstimate, Workload } from './estimate.js';
import type { AdvantageEstimator } from './advantage-estimator.js';
import type { Passage } from './passage.js';
import type { Policy, PolicyScorer } from './policy.js';
import type { Protocol } from './protocol.js';
import type { RewardShaper } from '../v2/reward-shaper.js';
import type { SearchTool } from './search-tool.js';
import type { Tracker } from './tracker.js';

/** What each kind of plugin creates, by the newest interface of the kind: the only one the core itself knows. */
export interface PluginInstances {
  readonly policy: Policy;
  readonly search: SearchTool;
  readonly reward: RewardShaper;
  readonly advantage: AdvantageEstimator;
  readonly protocol: Protocol;
  readonly tracker: Tracker;
}

export type PluginKind = keyof PluginInstances;

/** What a plugin may need from others or promise to them. A closed list. */
export type Capability =
  | 'trajectory.logprobs'
  | 'policy.trainable'
  | 'policy.tokenizer'
  | 'policy.scores'
  | 'reward.turns'
  | 'reward.first-occurrence';

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A seeded stream of random numbers. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
}

/** The narrow world a plugin sees. It never receives the container. */
export interface PluginContext {
  readonly logger: Logger;
  readonly random: RandomStream;
  readonly signal: AbortSignal;
  readonly clock: { now(): number };
  readonly metrics: { record(name: string, value: number): void };
  readonly paths: {
    /** Folder for files that can be rebuilt; may be shared by runs. */
    readonly cache: string;
    /** Relative paths in options start here: the folder of the configuration file. */
    readonly base: string;
  };
  /**
   * The policy of the run, for scoring given tokens. For plugins that require `policy.scores`; throws
   * `PLUGIN_CAPABILITY_MISSING` where there is no policy, as in a replay. Not for the policy itself.
   */
  readonly scorer?: () => Promise<PolicyScorer>;
  /** The corpus of the run; empty array when none is configured. */
  readonly corpus: readonly Passage[];
  /** The folder of what an installed world offers under a name (`quickstart`: a checkpoint); `null` when unknown. */
  readonly resolveAsset: (name: string) => string | null;
}

/** A plugin as its package exports it, made by `defineReward` and its siblings. */
export interface PluginDefinition<Kind extends PluginKind = PluginKind, Options = unknown> {
  /** Integer version of the kind's interface. Older ones that are still supported are lifted when the plugin is loaded. */
  readonly apiVersion: number;
  readonly kind: Kind;
  /** kebab-case, unique per kind in a run. */
  readonly id: string;
  /** The package's version. */
  readonly version: string;
  /** Accepted semver range of @turnwise/core. Default: any. */
  readonly core?: string;
  /** Validates the `with` of the configuration; unknown keys must be refused. */
  readonly options: StandardSchemaV1<unknown, Options>;
  readonly requires?: readonly Capability[];
  readonly provides?: readonly Capability[];
  /** Whether equal inputs and seeds give equal outputs. Default true. */
  readonly deterministic?: boolean;
  /**
   * Memory the plugin will take for this work, cheaply: nothing of size is read or allocated, nothing is started.
   * For `turnwise config check`; throws what `create` would throw of what it finds wrong on the way.
   */
  estimateMemory?(
    context: Pick<PluginContext, 'paths' | 'resolveAsset'>,
    options: Options,
    workload: Workload,
  ): Promise<MemoryEstimate> | MemoryEstimate;
  create(context: PluginContext, options: Options): Promise<PluginInstances[Kind]> | PluginInstances[Kind];
}

/** What an instance may offer besides its kind's methods. */
export interface PluginLifecycle {
  init?(options: { signal: AbortSignal }): Promise<void> | void;
  /** Serialisable state for checkpoints. */
  state?(): unknown;
  restore?(state: unknown): void;
  [Symbol.asyncDispose]?(): Promise<void>;
}
