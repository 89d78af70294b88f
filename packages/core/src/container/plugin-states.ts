import type { PluginLifecycle } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { ResumableStream, StreamPosition } from '../random/index.js';

/** What a checkpoint holds of one plugin. */
interface PluginState {
  /** Where its random stream stands. */
  readonly random: StreamPosition;
  /** What its `state()` gave; absent for a plugin without one. */
  readonly state?: unknown;
}

/** One state for each plugin, by `<kind> <id>`. */
export type SavedPlugins = Readonly<Record<string, PluginState>>;

/** The plugins of a run that were made, for checkpoints: their random streams, and what they say of themselves. */
export class PluginStates {
  readonly #plugins = new Map<string, { random: ResumableStream; instance: PluginLifecycle }>();

  add(name: string, random: ResumableStream, instance: unknown): void {
    this.#plugins.set(name, { random, instance: instance as PluginLifecycle });
  }

  /**
   * @throws CONTRACT_STATE_INVALID when a plugin's state throws, or would not come back from JSON as it is (NaN, a Map,
   *   a class)
   */
  save(): SavedPlugins {
    const saved: Record<string, PluginState> = {};
    for (const [name, { random, instance }] of this.#plugins) {
      const position = { random: random.position() };
      const state = calling(name, 'state', () => instance.state?.());
      if (state !== undefined && !isJson(state)) {
        throw new TurnwiseError('CONTRACT_STATE_INVALID', `${name}: what state() returned does not survive JSON.`, {
          where: name,
          hint: 'Return plain objects, arrays, strings, finite numbers, booleans and null.',
        });
      }
      saved[name] = state === undefined ? position : { ...position, state };
    }
    return saved;
  }

  /** @throws CONTRACT_STATE_INVALID when a plugin does not take back what it gave */
  restore(saved: SavedPlugins): void {
    for (const [name, { random, state }] of Object.entries(saved)) {
      const plugin = this.#plugins.get(name);
      if (plugin === undefined) continue;
      plugin.random.goTo(random);
      if (state === undefined) continue;
      const { instance } = plugin;
      if (instance.restore === undefined) {
        throw new TurnwiseError('CONTRACT_STATE_INVALID', `${name} has state in the checkpoint and no restore().`, {
          where: name,
          hint: 'A plugin with state() needs restore(state).',
        });
      }
      calling(name, 'restore', () => instance.restore?.(state));
    }
  }
}

/**
 * Whether a value comes back from JSON as it is: no NaN, no undefined, nothing with a class, nothing that holds itself.
 *
 * @param around what it lies in
 */
function isJson(value: unknown, around: readonly unknown[] = []): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || around.includes(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  const within = [...around, value];
  return (Array.isArray(value) || isPlain) && Object.values(value).every((part) => isJson(part, within));
}

function calling<Result>(name: string, method: string, call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TurnwiseError('CONTRACT_STATE_INVALID', `${name}: ${method}() failed: ${reason}`, { where: name, cause });
  }
}
