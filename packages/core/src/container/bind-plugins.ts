import type { Container } from 'inversify';
import type { LoadedConfig, RewardUse } from '../config/index.js';
import type { PluginInstances, PluginKind, SearchTool } from '../contract/index.js';
import { inWorkerIfAsked } from '../isolation/index.js';
import type { LoadedPlugin } from '../plugin/index.js';
import { resumableStream } from '../random/index.js';
import { createSearchLayer } from '../search/index.js';
import { createPlugin } from './create-plugin.js';
import type { DisposalStack } from './disposal-stack.js';
import { pluginContext, type Surroundings } from './plugin-context.js';
import type { PluginMetrics } from './plugin-metrics.js';
import type { PluginStates } from './plugin-states.js';
import * as tokens from './tokens.js';

interface RunParts {
  readonly container: Container;
  readonly plugins: readonly LoadedPlugin[];
  readonly loaded: LoadedConfig;
  readonly surroundings: Surroundings;
  /** Takes what the plugins measure. */
  readonly metrics: PluginMetrics;
  /** Each plugin is added to it when it is made. */
  readonly states: PluginStates;
}

/** Binds each plugin of a run to the token by which it is asked for; it is made when somebody first asks. */
export function bindPlugins({ container, plugins, loaded, surroundings, metrics, states }: RunParts): void {
  const { config } = loaded;
  const bind = <Kind extends PluginKind, Service>(
    plugin: LoadedPlugin<Kind>,
    identifier: Parameters<typeof container.get<Service>>[0],
    wrap: (instance: PluginInstances[Kind], disposal: DisposalStack) => Service | Promise<Service>,
  ): void => {
    container.bind(identifier).toResolvedValue(
      async (corpus, logger, clock, disposal) => {
        const random = resumableStream(config.seed, 'plugin', plugin.kind, plugin.id);
        const instance = await createPlugin(
          inWorkerIfAsked(plugin, random),
          pluginContext(plugin, { corpus, logger, clock, random, surroundings, metrics, container }),
          disposal,
        );
        states.add(`${plugin.kind} ${plugin.id}`, random, instance);
        return wrap(instance, disposal);
      },
      [tokens.CorpusToken, tokens.LoggerToken, tokens.ClockToken, tokens.DisposalToken],
    );
  };

  const { layer } = config.search;
  const layered = async (name: string, search: SearchTool, disposal: DisposalStack): Promise<SearchTool> => {
    const around = await createSearchLayer(search, layer, { name });
    disposal.push('search layer', () => around[Symbol.asyncDispose]());
    return around;
  };

  const weights = config.reward.map(({ weight }: RewardUse) => weight);
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
}

/** Stands where a replayed run has no search tool; the layer never asks it. */
const absentSearch: SearchTool = {
  search: () => Promise.reject(new Error('searches are replayed; the search tool was not made')),
};

function isKind<Kind extends PluginKind>(plugin: LoadedPlugin, kind: Kind): plugin is LoadedPlugin<Kind> {
  return plugin.kind === kind;
}
