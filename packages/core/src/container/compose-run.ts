import { Container } from 'inversify';
import type { LoadedConfig } from '../config/index.js';
import type { PluginKind } from '../contract/index.js';
import { loadPlugins, mergeBuiltins, type BuiltinPlugins } from '../plugin/index.js';
import { searchR1Protocol } from '../rollout/search-r1-protocol.js';
import { bindPlugins } from './bind-plugins.js';
import { DisposalStack } from './disposal-stack.js';
import type { Surroundings } from './plugin-context.js';
import { PluginMetrics } from './plugin-metrics.js';
import { pluginRequests } from './plugin-requests.js';
import { PluginStates } from './plugin-states.js';
import { pluginTrust } from './plugin-trust.js';
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
  const container = new Container({ parent: rootContainer(environment), defaultScope: 'Singleton' });
  const metrics = new PluginMetrics();
  const states = new PluginStates();
  container.bind(tokens.DisposalToken).toConstantValue(new DisposalStack());
  container.bind(tokens.DataToken).toConstantValue(new RunData(loaded, environment.worlds ?? {}));
  container.bind(tokens.CorpusToken).toResolvedValue((data) => data.corpus(), [tokens.DataToken]);

  const surroundings: Surroundings = {
    paths: { cache: environment.cacheFolder ?? defaultCacheFolder(), base: loaded.folder },
    resolveAsset: environment.resolveAsset ?? (() => null),
    signal: environment.signal,
  };
  bindPlugins({ container, plugins, loaded, surroundings, metrics, states });
  return new RunScope(loaded, plugins, container, metrics, states, surroundings);
}
