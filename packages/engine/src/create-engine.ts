import type { Engine } from './engine.js';
import type { Initialisation } from './initialisation.js';
import type { TransformerConfig } from './transformer-config.js';
import { WasmEngine } from './wasm-engine.js';

export interface EngineOptions {
  readonly config: TransformerConfig;
  /** Decides the initial weights; the same seed gives the same weights everywhere. */
  readonly seed: number;
  readonly initialisation?: Initialisation;
  /** The only engine so far, and the default. */
  readonly engine?: 'wasm';
  /** Most memory for weights, activations and caches together. Default 2 GiB, at most 4 GiB less one page. */
  readonly memoryLimitBytes?: number;
}

const engines: Readonly<Record<string, typeof WasmEngine>> = { wasm: WasmEngine };

/** A transformer with fresh weights. Throws on an invalid configuration, naming the field. */
export function createEngine({
  config,
  seed,
  initialisation = {},
  engine = 'wasm',
  memoryLimitBytes = 2 ** 31,
}: EngineOptions): Engine {
  const Constructor = engines[engine];
  if (!Constructor) throw new Error(`unknown engine '${engine}': there is ${Object.keys(engines).join(', ')}`);
  if (!(memoryLimitBytes >= 65_536 && memoryLimitBytes <= 2 ** 32 - 65_536)) {
    throw new Error(`memoryLimitBytes must be from 65536 to ${2 ** 32 - 65_536}, got ${memoryLimitBytes}`);
  }
  return new Constructor(config, seed, initialisation, memoryLimitBytes);
}
