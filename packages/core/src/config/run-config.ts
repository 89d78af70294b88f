import type { PluginUse, RewardUse } from './plugin-use-schema.js';
import type { RunConfigShape } from './run-schema.js';

/**
 * A resolved configuration: defaults filled in, strategy replaced by its pair, worlds completed, paths absolute. It is
 * itself a valid configuration.
 */
export interface RunConfig extends Omit<RunConfigShape, 'strategy' | 'strategies' | 'reward' | 'advantage'> {
  readonly reward: readonly RewardUse[];
  readonly advantage: PluginUse;
}
