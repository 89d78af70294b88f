import type { PluginContext, PluginInstances, PluginKind, PluginLifecycle } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { LoadedPlugin } from '../plugin/index.js';
import { initFailed, methodsMissing } from '../plugin/plugin-errors.js';
import { pluginKinds } from '../plugin/plugin-kinds.js';
import type { DisposalStack } from './disposal-stack.js';

/**
 * Creates and starts one plugin. It is registered for disposal as soon as it exists, so that one whose `init` fails is
 * still closed. A `TurnwiseError` of the plugin passes; anything else it throws becomes `PLUGIN_INIT_FAILED` with the
 * place in the configuration.
 */
export async function createPlugin<Kind extends PluginKind>(
  plugin: LoadedPlugin<Kind>,
  context: PluginContext,
  disposal: DisposalStack,
): Promise<PluginInstances[Kind]> {
  const asked = { kind: plugin.kind, name: plugin.id, where: plugin.where };
  const attempt = async <Result>(what: string, action: () => Promise<Result> | Result): Promise<Result> => {
    try {
      return await action();
    } catch (cause) {
      if (TurnwiseError.is(cause) || context.signal.aborted) throw cause;
      throw initFailed(asked, what, cause);
    }
  };
  const instance = await attempt('could not be created', () => plugin.definition.create(context, plugin.options));
  const missing = missingMethods(plugin.kind, instance);
  if (missing.length > 0) throw methodsMissing(asked, missing, instance);
  const lifecycle = instance as PluginLifecycle;
  const dispose = lifecycle[Symbol.asyncDispose];
  if (dispose !== undefined) disposal.push(`${plugin.kind} ${plugin.id}`, () => dispose.call(lifecycle));
  await attempt('could not be started', () => lifecycle.init?.({ signal: context.signal }));
  return instance;
}

function missingMethods(kind: PluginKind, instance: unknown): string[] {
  const methods = (instance ?? {}) as Record<string, unknown>;
  return pluginKinds[kind].methods.filter((method) => typeof methods[method] !== 'function');
}
