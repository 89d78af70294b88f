import type { Capability, PluginKind } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { LoadedPlugin } from './loaded-plugin.js';

/** Which kind of plugin can provide a capability. */
const provider: Readonly<Record<Capability, PluginKind>> = {
  'trajectory.logprobs': 'policy',
  'policy.trainable': 'policy',
  'policy.tokenizer': 'policy',
  'policy.scores': 'policy',
  'reward.turns': 'reward',
  'reward.first-occurrence': 'reward',
};

export const capabilityNames = Object.keys(provider) as readonly Capability[];

/**
 * Checks that what plugins require is provided by others of the run. A capability whose kind of provider is not loaded
 * (a replay has no policy) cannot be judged and is let pass. Throws `PLUGIN_CAPABILITY_MISSING`.
 */
export function assertCapabilities(plugins: readonly LoadedPlugin[]): void {
  for (const { definition, where } of plugins) {
    for (const capability of definition.requires ?? []) {
      const kind = provider[capability];
      const providers = plugins.filter((plugin) => plugin.kind === kind && plugin.definition !== definition);
      if (providers.length === 0) continue;
      if (providers.some((plugin) => plugin.definition.provides?.includes(capability))) continue;
      const asked = providers.map(({ id }) => JSON.stringify(id)).join(', ');
      throw new TurnwiseError(
        'PLUGIN_CAPABILITY_MISSING',
        `${where}: the ${definition.kind} ${JSON.stringify(definition.id)} requires ${capability}, which the ${kind} ${asked} does not provide.`,
        { where, hint: `Choose a ${kind} that provides ${capability}, or another ${definition.kind}.` },
      );
    }
  }
}
