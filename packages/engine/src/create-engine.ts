import type { Engine } from './engine.js';
import type { Initialization } from './initialization.js';
import type { RelaxedSimd } from './kernel-modules.js';
import { loadKernels } from './load-kernels.js';
import { validateLora, type LoraConfig } from './lora.js';
import { describeMemory, estimateMemory } from './memory-estimate.js';
import type { TrainingKind } from './model-memory.js';
import { validateConfig, type TransformerConfig } from './transformer-config.js';
import { WasmEngine } from './wasm-engine.js';

export interface EngineOptions {
  readonly config: TransformerConfig;
  /** Decides the initial weights; the same seed gives the same weights everywhere. */
  readonly seed: number;
  readonly initialization?: Initialization;
  /** Trains adapters on frozen weights. Default null: trains the weights. */
  readonly lora?: LoraConfig | null;
  /** false leaves out all that only training needs, more than half of the memory; `backward` then throws. Default true. */
  readonly trainable?: boolean;
  /**
   * false leaves out the moments of AdamW, two numbers a trained parameter: gradients are computed here and stepped with by
   * another engine; `optimizerStep`, `optimizerState` and `restoreOptimizer` then throw. Default true.
   */
  readonly optimizer?: boolean;
  /**
   * true: `forward` keeps of each layer only its input, and `backward` computes the layer again. The gradients are the
   * same to the bit; memory grows with the tokens by one hidden state a layer, time by about a third. Default false.
   */
  readonly recompute?: boolean;
  /** Default `auto`. */
  readonly relaxedSimd?: RelaxedSimd;
  /** Most memory for weights, activations and caches together. Default 2 GiB, at most 4 GiB less one page. */
  readonly memoryLimitBytes?: number;
}

/** A transformer with fresh weights on the embedded engine; `openEngine` offers others. Throws on an invalid configuration, naming the field. */
export function createEngine({
  config,
  seed,
  initialization = {},
  lora = null,
  trainable = true,
  optimizer = true,
  recompute = false,
  relaxedSimd = 'auto',
  memoryLimitBytes = 2 ** 31,
}: EngineOptions): Engine {
  if (!(memoryLimitBytes >= 65_536 && memoryLimitBytes <= 2 ** 32 - 65_536)) {
    throw new Error(`memoryLimitBytes must be from 65536 to ${2 ** 32 - 65_536}, got ${memoryLimitBytes}`);
  }
  validateConfig(config);
  if (lora !== null) validateLora(lora);
  const training = { lora, trainable, optimizer };
  assertFits(config, training, memoryLimitBytes);
  const load = (maximumPages: number) => loadKernels(maximumPages, relaxedSimd);
  return new WasmEngine(config, seed, initialization, memoryLimitBytes, training, recompute, load);
}

/** Refuses a model that does not fit before anything of it is allocated, and says what would. */
function assertFits(config: TransformerConfig, { lora, trainable, optimizer }: TrainingKind, limit: number): void {
  const needed = estimateMemory(config, { lora, trainable, optimizer });
  if (needed.bytes <= limit) return;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
  const small: LoraConfig = { rank: 8, alpha: 16, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] };
  const others = [
    ...(trainable && lora === null
      ? [`with lora (rank 8) it would need ${megabytes(estimateMemory(config, { lora: small, optimizer }).bytes)}`]
      : []),
    ...(trainable ? [`with trainable: false ${megabytes(estimateMemory(config, { trainable: false }).bytes)}`] : []),
  ];
  throw new Error(
    [
      `the model needs ${describeMemory(needed)}, but the engine's memory limit is ${megabytes(limit)}`,
      ...(others.length === 0 ? [] : [others.join(', ')]),
    ].join('; '),
  );
}
