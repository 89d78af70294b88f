import { Container } from 'inversify';
import type { LoadedConfig, RewardUse } from '../config/index.js';
import type { Passage, PluginContext, PluginInstances, PluginKind, SearchTool } from '../contract/index.js';
import { inWorkerIfAsked } from '../isolation/index.js';
import { loadPlugins, mergeBuiltins, type BuiltinPlugins, type LoadedPlugin } from '../plugin/index.js';
import { resumableStream, type ResumableStream } from '../random/index.js';
import { searchR1Protocol } from '../rollout/search-r1-protocol.js';
import { createSearchLayer } from '../search/index.js';
import { createPlugin } from './create-plugin.js';
import { DisposalStack } from './disposal-stack.js';
import { PluginMetrics } from './plugin-metrics.js';
import { pluginRequests } from './plugin-requests.js';
import { PluginStates } from './plugin-states.js';
import { pluginTrust } from './plugin-trust.js';
import { policyScorer } from './policy-scorer.js';
import { rootContainer } from './root-container.js';
import { RunData } from './run-data.js';
import { defaultCacheFolder, type RunEnvironment } from './run-environment.js';
import { RunScope } from './run-scope.js';
import * as tokens from './tokens.js';

const allKinds: readonly PluginKind[] = ['policy', 'search', 'reward', 'advantage', 'protocol', 'tracker'];

/** Plugins that live in the core itself. */
export const coreBuiltins: BuiltinPlugins = {
  from: import.meta.url,
  plugins: { protocol: { 'search-r1': { definition: searchR1Protocol } } },
};

/**
 * The composition root: turns a configuration into a run. Plugins of the given kinds are found, imported and checked
 * here, so that every mistake in the configuration shows before anything is created; they are created when the scope
 * is first asked for them. Close the scope when done: `await using scope = await composeRun(...)`, or `finally`.
 *
 * @param kinds Which plugins the caller will use. Default: all.
 * @throws PLUGIN_* for what is wrong with a plugin or its options.
 */
export async function composeRun(
  loaded: LoadedConfig,
  environment: RunEnvironment,
  kinds: readonly PluginKind[] = allKinds,
): Promise<RunScope> {
  const plugins = await loadPlugins(pluginRequests(loaded, kinds), {
    builtins: mergeBuiltins(environment.builtins, coreBuiltins),
    folder: loaded.folder,
    modules: environment.modules,
    trust: pluginTrust(loaded, environment.locked),
  });
  const { signal } = environment;
  const container = new Container({ parent: rootContainer(environment), defaultScope: 'Singleton' });
  const metrics = new PluginMetrics();
  const states = new PluginStates();
  container.bind(tokens.SignalToken).toConstantValue(signal);
  container.bind(tokens.DisposalToken).toConstantValue(new DisposalStack());
  container.bind(tokens.DataToken).toConstantValue(new RunData(loaded, environment.worlds ?? {}));
  container.bind(tokens.CorpusToken).toResolvedValue((data) => data.corpus(), [tokens.DataToken]);

  const surroundings = {
    paths: { cache: environment.cacheFolder ?? defaultCacheFolder(), base: loaded.folder },
    resolveAsset: environment.resolveAsset ?? (() => null),
  };
  const contextOf = (
    { kind, id }: LoadedPlugin,
    random: ResumableStream,
    corpus: readonly Passage[],
    logger: PluginContext['logger'],
    clock: PluginContext['clock'],
  ): PluginContext => ({
    logger,
    clock,
    signal,
    corpus,
    random: { next: () => random.next(), integer: (bound) => random.integer(bound) },
    metrics: { record: (name, value) => metrics.record(id, name, value) },
    ...surroundings,
    ...(kind === 'policy' ? {} : { scorer: () => policyScorer(container, `${kind} ${id}`) }),
  });
  const bind = <Kind extends PluginKind, Service>(
    plugin: LoadedPlugin<Kind>,
    identifier: Parameters<typeof container.get<Service>>[0],
    wrap: (instance: PluginInstances[Kind], disposal: DisposalStack) => Service | Promise<Service>,
  ): void => {
    container.bind(identifier).toResolvedValue(
      async (corpus, logger, clock, disposal) => {
        const random = resumableStream(loaded.config.seed, 'plugin', plugin.kind, plugin.id);
        const instance = await createPlugin(
          inWorkerIfAsked(plugin, random),
          contextOf(plugin, random, corpus, logger, clock),
          disposal,
        );
        states.add(`${plugin.kind} ${plugin.id}`, random, instance);
        return wrap(instance, disposal);
      },
      [tokens.CorpusToken, tokens.LoggerToken, tokens.ClockToken, tokens.DisposalToken],
    );
  };

  const { layer } = loaded.config.search;
  const layered = async (name: string, search: SearchTool, disposal: DisposalStack): Promise<SearchTool> => {
    const around = await createSearchLayer(search, layer, { name });
    disposal.push('search layer', () => around[Symbol.asyncDispose]());
    return around;
  };

  const weights = loaded.config.reward.map(({ weight }: RewardUse) => weight);
  for (const plugin of plugins) {
    const name = plugin.id;
    if (isKind(plugin, 'policy')) bind(plugin, tokens.PolicyToken, (policy) => policy);
    if (isKind(plugin, 'protocol')) bind(plugin, tokens.ProtocolToken, (protocol) => protocol);
    if (isKind(plugin, 'search')) {
      // Replayed searches come from the record: the tool is neither made nor started, and may be out of reach.
      if (layer.replay === undefined)
        bind(plugin, tokens.SearchToken, (search, disposal) => layered(name, search, disposal));
      else {
        container
          .bind(tokens.SearchToken)
          .toResolvedValue((disposal) => layered(name, absentSearch, disposal), [tokens.DisposalToken]);
      }
    }
    if (isKind(plugin, 'advantage')) bind(plugin, tokens.AdvantageToken, (estimator) => ({ name, estimator }));
    if (isKind(plugin, 'tracker')) bind(plugin, tokens.TrackerToken, (tracker) => tracker);
    if (isKind(plugin, 'reward')) {
      const weight = weights.shift() ?? 1;
      bind(plugin, tokens.RewardToken, (shaper) => ({ name, shaper, weight }));
    }
  }
  return new RunScope(loaded, plugins, container, metrics, states, surroundings);
}

/** Stands where a replayed run has no search tool; the layer never asks it. */
const absentSearch: SearchTool = {
  search: () => Promise.reject(new Error('searches are replayed; the search tool was not made')),
};

function isKind<Kind extends PluginKind>(plugin: LoadedPlugin, kind: Kind): plugin is LoadedPlugin<Kind> {
  return plugin.kind === kind;
}
