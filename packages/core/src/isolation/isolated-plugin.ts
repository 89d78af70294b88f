import type { PluginContext, PluginInstances, PluginKind, PluginLifecycle, RewardShaper } from '../contract/index.js';
import type { LoadedPlugin } from '../plugin/loaded-plugin.js';
import type { ResumableStream } from '../random/index.js';
import { IsolatedReward } from './isolated-reward.js';

/**
 * The same plugin, created and called in a worker when its configuration asks for that. Its file was imported here once
 * to be checked; nothing of it is called on this thread but its schema of options.
 *
 * @param random The plugin's stream; the worker's draws move it on.
 */
export function inWorkerIfAsked<Kind extends PluginKind>(
  plugin: LoadedPlugin<Kind>,
  random: ResumableStream,
): LoadedPlugin<Kind> {
  const { isolated, id, path, where, origin, definition } = plugin;
  if (isolated === undefined) return plugin;
  const create = async (context: PluginContext): Promise<PluginInstances[Kind]> => {
    const order = {
      file: isolated.file,
      single: origin.source === origin.path,
      id,
      name: origin.source,
      where,
      path,
      options: isolated.options,
      paths: context.paths,
      random: random.position(),
    };
    const reward = new IsolatedReward(order, isolated.limits, random, context);
    await reward.start();
    return offered(reward) as unknown as PluginInstances[Kind];
  };
  return { ...plugin, definition: { ...definition, create } };
}

/** With `state` and `restore` only where the plugin has them: a checkpoint asks for what is there. */
function offered(reward: IsolatedReward): RewardShaper & PluginLifecycle {
  const { state, restore } = reward.offers;
  return {
    shape: reward.shape.bind(reward),
    [Symbol.asyncDispose]: () => reward[Symbol.asyncDispose](),
    ...(state ? { state: () => reward.state() } : {}),
    ...(restore ? { restore: (saved: unknown) => reward.restore(saved) } : {}),
  };
}
