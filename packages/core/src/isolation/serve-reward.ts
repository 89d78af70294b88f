import type { MessagePort } from 'node:worker_threads';
import type { PluginContext, PluginLifecycle, RewardShaper } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import type { OfferedModules } from '../plugin/import-local-module.js';
import { newestDefinition } from '../plugin/interface-versions.js';
import { methodsMissing } from '../plugin/plugin-errors.js';
import { importPackageEntry, importPluginFile } from '../plugin/resolve-plugin.js';
import { validateOptions } from '../plugin/validate-options.js';
import { verifyImported } from '../plugin/verify-plugin.js';
import { resumableStream, type ResumableStream } from '../random/index.js';
import { sendError } from './sent-error.js';
import type { FromWorker, ShapeOrder, StartOrder, StateReport, ToWorker } from './worker-messages.js';

/**
 * The worker's side: imports the plugin, checks it as the main thread did, creates it and scores the groups it is sent,
 * one at a time. What the plugin throws is sent back; what it does to the thread is for the other side to notice.
 */
export async function serveReward(port: MessagePort, order: StartOrder, modules: OfferedModules): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  const abort = new AbortController();
  const random = resumableStream(0);
  random.goTo(order.random);
  let shaper: RewardShaper & PluginLifecycle;
  try {
    shaper = await createReward(order, modules, narrowContext(order, random, abort.signal, send));
    const offers = { state: shaper.state !== undefined, restore: shaper.restore !== undefined };
    send({ kind: 'ready', random: random.position(), offers, state: stateOf(shaper) });
  } catch (error) {
    send({ kind: 'failed', error: sendError(error) });
    return;
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'abort') abort.abort();
    else if (message.kind === 'dispose') void dispose(shaper, send).then(() => port.close());
    else void answer(shaper, message, random, abort.signal, send);
  });
}

async function createReward(
  { file, single, name, where, path, options }: StartOrder,
  modules: OfferedModules,
  context: PluginContext,
): Promise<RewardShaper & PluginLifecycle> {
  const exported = await (single ? importPluginFile(file, modules) : importPackageEntry(file));
  const asked = { kind: 'reward' as const, name, where };
  const definition = newestDefinition(verifyImported(asked, exported));
  const request = { kind: 'reward' as const, use: name, options, path, where, locate: () => where };
  const shaper = (await definition.create(context, await validateOptions(request, definition))) as RewardShaper;
  if (typeof (shaper as Partial<RewardShaper> | null)?.shape !== 'function') {
    throw methodsMissing(asked, ['shape'], shaper);
  }
  const lifecycle = shaper as RewardShaper & PluginLifecycle;
  await lifecycle.init?.({ signal: context.signal });
  return lifecycle;
}

async function answer(
  shaper: RewardShaper & PluginLifecycle,
  { ticket, group, step, random: position, restore }: ShapeOrder,
  random: ResumableStream,
  signal: AbortSignal,
  send: (message: FromWorker) => void,
): Promise<void> {
  random.goTo(position);
  const standing = (): { random: ReturnType<typeof random.position>; state: StateReport } => ({
    random: random.position(),
    state: stateOf(shaper),
  });
  try {
    if (restore !== undefined) takeBack(shaper, restore.state);
    const rewards = await shaper.shape(group, { signal, step });
    send({ kind: 'shaped', ticket, rewards, ...standing() });
  } catch (error) {
    send({ kind: 'threw', ticket, error: sendError(error), ...standing() });
  }
}

function takeBack(shaper: PluginLifecycle, state: unknown): void {
  try {
    shaper.restore?.(state);
  } catch (cause) {
    throw new TurnwiseError('CONTRACT_STATE_INVALID', `restore() failed: ${sendError(cause).message}`);
  }
}

/** Copied at once: a state that cannot be sent is an error of `state()`, not of the group it comes with. */
function stateOf(shaper: PluginLifecycle): StateReport {
  if (shaper.state === undefined) return null;
  try {
    return { value: structuredClone(shaper.state()) };
  } catch (error) {
    return { error: sendError(error) };
  }
}

async function dispose(shaper: PluginLifecycle, send: (message: FromWorker) => void): Promise<void> {
  try {
    await shaper[Symbol.asyncDispose]?.();
    send({ kind: 'disposed' });
  } catch (error) {
    send({ kind: 'disposed', error: sendError(error) });
  }
}

/** What a plugin sees in a worker. What would have to be copied whole, or asked of the main thread, says that it is not there. */
function narrowContext(
  { id, paths }: StartOrder,
  random: ResumableStream,
  signal: AbortSignal,
  send: (message: FromWorker) => void,
): PluginContext {
  const absent = (what: string): never => {
    throw new TurnwiseError(
      'PLUGIN_NOT_ISOLATABLE',
      `reward ${id} uses context.${what}, which a worker does not have`,
      {
        where: `reward ${id}`,
        hint: 'Take out `isolation`.',
      },
    );
  };
  const log = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: object) => {
    try {
      send({ kind: 'log', level, message, fields: fields as Readonly<Record<string, unknown>> | undefined });
    } catch {
      // Fields that cannot be sent cost the fields, not the message.
      send({ kind: 'log', level, message });
    }
  };
  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    random: { next: () => random.next(), integer: (bound) => random.integer(bound) },
    signal,
    clock: { now: Date.now },
    metrics: { record: (name, value) => send({ kind: 'metric', name, value }) },
    paths,
    scorer: () => Promise.resolve().then(() => absent('scorer')),
    get corpus() {
      return absent('corpus');
    },
    resolveAsset: () => absent('resolveAsset'),
  };
}
