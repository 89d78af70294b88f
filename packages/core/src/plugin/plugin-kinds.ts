import type { PluginKind } from '../contract/index.js';

/** For each kind: the methods an instance must have, and the function that declares such a plugin. */
export const pluginKinds: Readonly<Record<PluginKind, { methods: readonly string[]; define: string }>> = {
  policy: { methods: ['sample', 'forwardBackward', 'optimStep', 'save', 'load'], define: 'definePolicy' },
  search: { methods: ['search'], define: 'defineSearchTool' },
  reward: { methods: ['shape'], define: 'defineReward' },
  advantage: { methods: ['estimate'], define: 'defineAdvantage' },
  protocol: { methods: ['prompt', 'parse', 'observation', 'correction'], define: 'defineProtocol' },
  tracker: { methods: ['record'], define: 'defineTracker' },
};

export const pluginKindNames = Object.keys(pluginKinds) as readonly PluginKind[];

export function isPluginKind(name: string): name is PluginKind {
  return Object.hasOwn(pluginKinds, name);
}
