import type { PluginLifecycle, RewardShaper, RewardShaperV1 } from '../contract/index.js';

/** Interface 1 of rewards took the signal alone and knew nothing of steps. */
export function liftRewardV1(instance: RewardShaperV1 & PluginLifecycle): RewardShaper {
  // What has no such method is left to the check of methods, which names the plugin.
  if (typeof (instance as Partial<RewardShaperV1> | null)?.shape !== 'function') return instance as never;
  return { ...boundLifecycle(instance), shape: (group, { signal }) => instance.shape(group, signal) };
}

/** The optional methods of an instance, called on that instance: it may keep private fields. */
function boundLifecycle(instance: PluginLifecycle): PluginLifecycle {
  const names = ['init', 'state', 'restore', Symbol.asyncDispose] as const;
  const methods = instance as Partial<Record<PropertyKey, (this: PluginLifecycle, ...given: unknown[]) => unknown>>;
  return Object.fromEntries(
    names.flatMap((name): [PropertyKey, unknown][] => {
      const method = methods[name];
      return method === undefined ? [] : [[name, method.bind(instance)]];
    }),
  );
}
