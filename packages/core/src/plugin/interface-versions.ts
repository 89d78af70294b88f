import type { PluginDefinition, PluginKind } from '../contract/index.js';
import { liftRewardV1 } from './lift-reward-v1.js';

/** Makes an instance of one interface out of one of the interface before it. */
type Lifter = (instance: never) => unknown;

/** For each kind the lifters from interface 1 up: the first makes 2 out of 1, the next 3 out of 2. */
const lifters: Readonly<Record<PluginKind, readonly Lifter[]>> = {
  policy: [],
  search: [],
  reward: [liftRewardV1],
  advantage: [],
  protocol: [],
  tracker: [],
};

/** The interface of a kind the core itself knows. */
export function newestApiVersion(kind: PluginKind): number {
  return lifters[kind].length + 1;
}

/** Interfaces plugins of a kind may be written for, oldest first: the newest, and every one that can be lifted to it. */
export function supportedApiVersions(kind: PluginKind): readonly number[] {
  return Array.from({ length: newestApiVersion(kind) }, (_, index) => index + 1);
}

/**
 * The plugin as one of its kind's newest interface: what it creates is lifted step by step. A plugin that is there
 * already is returned as it is.
 */
export function newestDefinition<Kind extends PluginKind, Options>(
  definition: PluginDefinition<Kind, Options>,
): PluginDefinition<Kind, Options> {
  const { kind, apiVersion } = definition;
  const steps = lifters[kind].slice(apiVersion - 1);
  if (steps.length === 0) return definition;
  return Object.freeze({
    ...definition,
    apiVersion: newestApiVersion(kind),
    create: async (...parameters: Parameters<typeof definition.create>) => {
      const instance: unknown = await definition.create(...parameters);
      return steps.reduce((lifted, lift) => lift(lifted as never), instance) as never;
    },
  });
}
