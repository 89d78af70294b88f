import { createEngine, type EngineOptions } from './create-engine.js';
import type { Engine } from './engine.js';
import { EngineUnavailable } from './engine-unavailable.js';
import { keepOldUtil, loadTensorFlow, type ImportModule } from './tfjs/load-tensorflow.js';
import { TfjsEngine } from './tfjs/tfjs-engine.js';

/**
 * Which engine computes.
 *
 * - `auto`: TensorFlow.js where a graphics processor is found, else the embedded engine, which is faster than
 *   TensorFlow.js on a processor.
 * - `wasm`: the embedded engine.
 * - `tfjs`: TensorFlow.js, from the best of `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs-node` and `@tensorflow/tfjs`.
 * - `tfjs-gpu`: TensorFlow.js on a graphics processor, or an error.
 */
export type EngineChoice = 'auto' | 'wasm' | 'tfjs' | 'tfjs-gpu';

export interface OpenEngineOptions extends EngineOptions {
  /** Default `wasm`. */
  readonly engine?: EngineChoice;
  /** Gets one line that says which engine was taken and why no other, unless it was asked for by name. */
  readonly log?: ((message: string) => void) | undefined;
  /** How optional packages are imported. Default: `import`. */
  readonly importModule?: ImportModule;
}

/**
 * A transformer with fresh weights on the engine of choice.
 *
 * @throws EngineUnavailable when the engine asked for by name is not installed or does not work; otherwise as
 *   `createEngine`
 */
export async function openEngine({
  engine = 'wasm',
  log,
  importModule,
  ...options
}: OpenEngineOptions): Promise<Engine> {
  if (engine === 'wasm') return createEngine(options);
  keepOldUtil();
  try {
    const { tf, explanation } = await loadTensorFlow(engine === 'tfjs' ? 'any' : 'gpu', importModule);
    log?.(`engine: ${explanation}`);
    const { config, seed, initialization = {}, lora = null, trainable = true } = options;
    return new TfjsEngine(tf, config, seed, initialization, { lora, trainable });
  } catch (error) {
    if (engine !== 'auto' || !(error instanceof EngineUnavailable)) throw error;
    log?.(
      `engine: embedded (wasm); ${error.message.replace(/^The engine \S+ cannot be had: /, '').replace(/\.$/, '')}`,
    );
    return createEngine(options);
  }
}
