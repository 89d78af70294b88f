import type { LoadedConfig, PluginUse } from '../config/index.js';
import type { ConfigPath } from '../schema/index.js';
import type { PluginKind } from '../contract/index.js';
import type { PluginRequest } from '../plugin/index.js';

/** The plugins a configuration asks for, of the given kinds, in a fixed order: cheap ones first, the policy last. */
export function pluginRequests(loaded: LoadedConfig, kinds: readonly PluginKind[]): PluginRequest[] {
  const { config, locate } = loaded;
  const one = (kind: PluginKind, use: PluginUse, path: ConfigPath): PluginRequest => ({
    kind,
    use: use.use,
    options: use.with,
    path,
    where: locate([...path, 'use']),
    locate,
  });
  const all = [
    one('protocol', config.protocol, ['protocol']),
    ...config.reward.map((use, index) => ({
      ...one('reward', use, config.reward.length === 1 ? ['reward'] : ['reward', index]),
      isolation: use.isolation,
    })),
    one('advantage', config.advantage, ['advantage']),
    ...config.trackers.map((use, index) => one('tracker', use, ['trackers', index])),
    one('search', config.search, ['search']),
    one('policy', config.policy, ['policy']),
  ];
  return all.filter(({ kind }) => kinds.includes(kind));
}
