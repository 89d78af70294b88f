import type { MemoryEstimate, Workload } from '@turnwise/core';
import { estimateMemory, type MemoryEstimate as EngineMemory, type TransformerConfig } from '@turnwise/engine';
import type { TransformerOptions } from './transformer-options.js';

type MemoryOptions = Pick<TransformerOptions, 'lora' | 'recompute' | 'slots' | 'microBatchTokens' | 'memoryLimit'>;

/** Bytes of the policy's engine may grow to. */
export function policyMemoryLimit({ memoryLimit }: Pick<TransformerOptions, 'memoryLimit'>): number {
  return memoryLimit * 2 ** 20;
}

/**
 * Memory the policy takes on the embedded engine, from the model's shape: every micro-batch full, and of its tokens as
 * many written by the policy as the run allows. A KL reference is an engine of its own, with a limit of its own.
 */
export function policyMemory(
  config: TransformerConfig,
  options: TransformerOptions,
  workload: Workload,
): MemoryEstimate {
  const { parts } = engineMemory(config, options, workload);
  const limitBytes = policyMemoryLimit(options);
  const least = estimateMemory(config, training(options)).bytes;
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const notes: string[] = [];
  if (workload.reference) {
    const reference = estimateMemory(config, referenceTraining(options), batchOf(config, options, workload, 0)).bytes;
    notes.push(`the KL reference is a second engine of at most ${(reference / 2 ** 20).toFixed(0)} MB`);
  }
  if (options.workers !== 1) {
    notes.push('each worker is an engine of its own, with its share of the slots, beside the one of the main thread');
  }
  if (options.engine !== 'wasm') notes.push('reckoned for the embedded engine; TensorFlow.js keeps no packed weights');
  return {
    parts: parts.map(({ name, bytes: own }) => ({ name, bytes: own })),
    leastBytes: least,
    limitBytes,
    remedies: bytes > limitBytes ? remedies(config, options, workload) : [],
    notes,
  };
}

function training({ lora, recompute }: Pick<MemoryOptions, 'lora' | 'recompute'>) {
  return { lora: lora ? { rank: lora.rank, alpha: lora.alpha, targets: lora.targets } : null, recompute };
}

/** As the policy loads it: whole models are trained models, those of adapters only score. */
function referenceTraining({ lora, recompute }: MemoryOptions) {
  return lora ? { trainable: false } : { recompute };
}

function batchOf(
  config: TransformerConfig,
  { slots, microBatchTokens }: MemoryOptions,
  { trajectories, policyTokens }: Workload,
  useSlots = slots,
) {
  const sequenceTokens = config.contextLength;
  // A longer sequence is a micro-batch of its own; a step has no more tokens than all its trajectories.
  const batchTokens = Math.min(Math.max(microBatchTokens, sequenceTokens), trajectories * sequenceTokens);
  const scoredTokens = Math.min(batchTokens - 1, trajectories * Math.min(policyTokens, sequenceTokens - 1));
  return { slots: useSlots, batchTokens, scoredTokens, sequenceTokens };
}

function engineMemory(config: TransformerConfig, options: MemoryOptions, workload: Workload): EngineMemory {
  return estimateMemory(config, training(options), batchOf(config, options, workload));
}

/** Changes of the options with which it fits, the gentlest first: at most three. */
function remedies(config: TransformerConfig, options: MemoryOptions, workload: Workload): string[] {
  const limit = policyMemoryLimit(options);
  const smaller = { microBatchTokens: 1024 };
  const lora: Partial<MemoryOptions> = {
    lora: { rank: 8, alpha: 16, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'], merge: false },
  };
  const candidates: [string, Partial<MemoryOptions>][] = [
    ['recompute: true', { recompute: true }],
    ['microBatchTokens: 1024', smaller],
    ['slots: 16', { slots: 16 }],
    ['recompute: true, microBatchTokens: 1024, slots: 16', { recompute: true, slots: 16, ...smaller }],
    ['lora: {}', lora],
    [
      'lora: {}, recompute: true, microBatchTokens: 1024, slots: 16',
      { recompute: true, slots: 16, ...smaller, ...lora },
    ],
    ['memoryLimit: 4095', { memoryLimit: 4095 }],
    [
      'memoryLimit: 4095, lora: {}, recompute: true, microBatchTokens: 1024, slots: 16',
      { memoryLimit: 4095, recompute: true, slots: 16, ...smaller, ...lora },
    ],
  ];
  const found: string[] = [];
  for (const [text, changes] of candidates) {
    const changed = { ...options, ...changes };
    const { bytes } = engineMemory(config, changed, workload);
    if (bytes <= Math.max(limit, policyMemoryLimit(changed)))
      found.push(`${text} (${(bytes / 2 ** 20).toFixed(0)} MB)`);
  }
  return found.slice(0, 3);
}
