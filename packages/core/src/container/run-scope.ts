import type { Container, ServiceIdentifier } from 'inversify';
import type { LoadedConfig, RunConfig } from '../config/index.js';
import type { ConfigPath } from '../schema/index.js';
import type { MemoryEstimate, PluginKind } from '../contract/index.js';
import type { Passage, Policy, Protocol, Question, SearchTool, Tracker } from '../contract/index.js';
import type { NamedEstimator, WeightedShaper } from '../credit/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { LoadedPlugin } from '../plugin/index.js';
import { initFailed } from '../plugin/plugin-errors.js';
import type { RolloutParts } from '../rollout/index.js';
import type { TrainingData, TrainingParts, TrainingSettings } from '../training/index.js';
import type { Surroundings } from './plugin-context.js';
import type { PluginMetrics } from './plugin-metrics.js';
import type { PluginStates } from './plugin-states.js';
import type { DataDigest, DataPart } from './run-data.js';
import { runWorkload } from './run-workload.js';
import * as tokens from './tokens.js';

/** What one plugin says about its memory. */
export interface PluginMemory {
  readonly kind: PluginKind;
  readonly id: string;
  readonly memory: MemoryEstimate;
}

/**
 * A composed run. Every part is made when it is first asked for and then stays the same; `Symbol.asyncDispose` closes
 * what was made, last made first.
 */
export class RunScope implements AsyncDisposable {
  constructor(
    readonly loaded: LoadedConfig,
    /** The plugins of the run, found and checked. */
    readonly plugins: readonly LoadedPlugin[],
    private readonly container: Container,
    private readonly metrics: PluginMetrics,
    /** What checkpoints hold of the plugins made so far. */
    readonly pluginStates: PluginStates,
    private readonly surroundings: Surroundings,
  ) {}

  get config(): RunConfig {
    return this.loaded.config;
  }

  /** What the training loop is told. `topK`: `rollout.topK`, else the search plugin's own option, else 3. */
  get settings(): TrainingSettings {
    const { seed, rollout, objective, training, evaluation } = this.config;
    const searchOptions = this.plugins.find(({ kind }) => kind === 'search')?.options as { topK?: unknown } | undefined;
    const own = typeof searchOptions?.topK === 'number' ? searchOptions.topK : 3;
    return { seed, rollout: { ...rollout, topK: rollout.topK ?? own }, objective, training, evaluation };
  }

  corpus(): Promise<readonly Passage[]> {
    return this.resolve(tokens.CorpusToken, ['corpus']);
  }

  /** Throws `CONFIG_INVALID` when the configuration names no questions of that split. */
  questions(split: 'train' | 'eval'): Promise<readonly Question[]> {
    return this.container.get(tokens.DataToken).questions(split);
  }

  /** Checks that the data files are there, without reading them. Throws `DATA_NOT_FOUND`. */
  assertDataFiles(): void {
    this.container.get(tokens.DataToken).assertFiles();
  }

  /** What plugins that can tell say about the memory they will take. Makes none of them. */
  async memory(): Promise<readonly PluginMemory[]> {
    const found: PluginMemory[] = [];
    const { paths, resolveAsset } = this.surroundings;
    for (const { kind, id, where, options, definition } of this.plugins) {
      if (definition.estimateMemory === undefined) continue;
      try {
        const workload = runWorkload(this.config);
        found.push({ kind, id, memory: await definition.estimateMemory({ paths, resolveAsset }, options, workload) });
      } catch (cause) {
        if (TurnwiseError.is(cause)) throw cause;
        throw initFailed({ kind, name: id, where }, 'could not be estimated', cause);
      }
    }
    return found;
  }

  policy(): Promise<Policy> {
    return this.resolve(tokens.PolicyToken, ['policy']);
  }

  protocol(): Promise<Protocol> {
    return this.resolve(tokens.ProtocolToken, ['protocol']);
  }

  search(): Promise<SearchTool> {
    return this.resolve(tokens.SearchToken, ['search']);
  }

  advantage(): Promise<NamedEstimator> {
    return this.resolve(tokens.AdvantageToken, ['advantage']);
  }

  rewards(): Promise<readonly WeightedShaper[]> {
    return this.container.getAllAsync(tokens.RewardToken);
  }

  trackers(): Promise<readonly Tracker[]> {
    return this.container.getAllAsync(tokens.TrackerToken);
  }

  /** What a rollout or an evaluation needs. Made one after the other, the policy last: it is the most expensive. */
  async rolloutParts(): Promise<RolloutParts> {
    const protocol = await this.protocol();
    const search = await this.search();
    return { protocol, search, policy: await this.policy() };
  }

  /** What training needs. */
  async trainingParts(): Promise<TrainingParts> {
    const rewards = await this.rewards();
    const advantage = await this.advantage();
    const trackers = await this.trackers();
    return { rewards, advantage, trackers, pluginStates: this.pluginStates, ...(await this.rolloutParts()) };
  }

  /** Training questions, and the held-out ones used during training. */
  async trainingData(): Promise<TrainingData> {
    const train = await this.questions('train');
    const heldOut = await this.questions('eval');
    return { train, evaluation: heldOut.slice(0, this.config.training.evalQuestions ?? heldOut.length) };
  }

  /** Digests of corpus and questions, for the manifest. Default: of all of them. */
  dataDigests(
    parts: readonly DataPart[] = ['corpus', 'train', 'eval'],
  ): Promise<Partial<Record<DataPart, DataDigest>>> {
    return this.container.get(tokens.DataToken).digests(parts);
  }

  /** Means of what plugins measured since the last call, by `plugin/<id>/<name>`. */
  drainPluginMetrics(): Record<string, number> {
    return this.metrics.drain();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.container.get(tokens.DisposalToken)[Symbol.asyncDispose]();
  }

  /** The container's own errors (a kind that was not composed, a cycle) get our code and the place that caused them. */
  private async resolve<Service>(identifier: ServiceIdentifier<Service>, path: ConfigPath): Promise<Service> {
    try {
      return await this.container.getAsync(identifier);
    } catch (cause) {
      if (!(cause instanceof Error) || !cause.constructor.name.startsWith('Inversify')) throw cause;
      const where = this.loaded.locate(path);
      throw new TurnwiseError(
        'PLUGIN_INIT_FAILED',
        `${where}: ${path.join('.')} could not be composed: ${cause.message}`,
        {
          where,
          cause,
        },
      );
    }
  }
}
