import type { PluginDefinition } from '../contract/index.js';
import type { IsolatedUse, PluginOrigin, PluginRequest } from './loaded-plugin.js';
import { askedFor, notIsolatable } from './plugin-errors.js';

/**
 * What a worker is given to make a reward again; `null` when none is asked for. Throws `PLUGIN_NOT_ISOLATABLE` for what
 * cannot be made in another thread: a value that was imported, code inside the core, and what asks the policy.
 */
export function isolatedUse(
  request: PluginRequest,
  definition: PluginDefinition,
  origin: PluginOrigin,
): IsolatedUse | null {
  const { isolation: limits, options } = request;
  if (limits === undefined) return null;
  if (definition.requires?.includes('policy.scores')) {
    throw notIsolatable(
      askedFor(request),
      'it requires policy.scores, and the policy lives on the main thread',
      'Take out `isolation`, or use a reward that does not ask the policy.',
    );
  }
  if (origin.path === null) {
    throw notIsolatable(
      askedFor(request),
      'it was handed over as a value and has no file that a worker could import',
      'Name its file (./my-reward.ts) or its package in `use`, or take out `isolation`.',
    );
  }
  try {
    structuredClone(options);
  } catch (cause) {
    throw notIsolatable(
      askedFor(request),
      'its options hold something that cannot be sent to another thread, such as a function',
      'Write options as plain data, or take out `isolation`.',
      cause,
    );
  }
  return { limits, file: origin.path, options };
}
