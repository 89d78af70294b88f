import type { MemoryEstimate, Workload } from '@turnwise/core';
import { estimateMemory, type MemoryEstimate as EngineMemory, type TransformerConfig } from '@turnwise/engine';
import { memoryRemedies, type MemoryOptions } from './memory-remedies.js';
import type { TransformerOptions } from './transformer-options.js';
import { LANES, workerCount } from './worker-count.js';

/** Bytes each engine of the policy may grow to. */
export function policyMemoryLimit({ memoryLimit }: Pick<TransformerOptions, 'memoryLimit'>): number {
  return memoryLimit * 2 ** 20;
}

/**
 * Memory the policy takes on the embedded engine, from the model's shape: every micro-batch full, and of its tokens as
 * many written by the policy as the run allows. The parts are of the largest engine, which is what the limit is for: with
 * workers that of one of them, and a note says what all take together. A KL reference is an engine of its own, with a
 * limit of its own.
 */
export function policyMemory(
  config: TransformerConfig,
  options: TransformerOptions,
  workload: Workload,
): MemoryEstimate {
  const largest = engineMemory(config, options, workload);
  const limitBytes = policyMemoryLimit(options);
  const least = estimateMemory(config, training(options));
  const count = workersOf(options);
  const notes = [count === 1 ? sumsNote(least) : workersNote(count, largest, least)];
  if (workload.reference) {
    const reference = estimateMemory(config, referenceTraining(options), batchOf(config, options, workload, 0)).bytes;
    const each = count === 1 ? 'a second engine' : `${count + 1} engines more, one of each thread,`;
    notes.push(`the KL reference is ${each} of at most ${megabytes(reference)} MB`);
  }
  if (options.engine !== 'wasm') notes.push('reckoned for the embedded engine; TensorFlow.js keeps no packed weights');
  const fits = (changes: Partial<MemoryOptions>): { readonly bytes: number; readonly limitBytes: number } => {
    const changed = { ...options, ...changes };
    return { bytes: engineMemory(config, changed, workload).bytes, limitBytes: policyMemoryLimit(changed) };
  };
  return {
    parts: largest.parts.map(({ name, bytes }) => ({ name, bytes })),
    leastBytes: least.bytes,
    limitBytes,
    remedies: largest.bytes > limitBytes ? memoryRemedies(options, fits) : [],
    notes,
  };
}

function sumsNote(engine: EngineMemory): string {
  // See GradientAccumulator.
  return `gradients are added up outside of the engine: ${megabytes(3 * part(engine, 'gradients'))} MB more`;
}

/** The main thread's engine neither samples nor differentiates: it has what an engine has when it is made. */
function workersNote(count: number, largest: EngineMemory, main: EngineMemory): string {
  const weights = part(main, 'weights') + part(main, 'adapters');
  const shared = weights + (count * LANES + 1) * part(main, 'gradients');
  const all = count * largest.bytes + main.bytes + shared;
  return (
    `that is one of ${count} workers; with the main thread (${megabytes(main.bytes)} MB) and what they share ` +
    `(${megabytes(shared)} MB) at most ${megabytes(all)} MB in all`
  );
}

function part({ parts }: EngineMemory, name: EngineMemory['parts'][number]['name']): number {
  return parts.find((each) => each.name === name)?.bytes ?? 0;
}

/** As the policy will count them, were it on the embedded engine. */
function workersOf({ workers }: Pick<MemoryOptions, 'workers'>): number {
  return workerCount(workers, 'wasm');
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

/** Of the engine that samples and differentiates; of several each has its share of the slots. */
function engineMemory(config: TransformerConfig, options: MemoryOptions, workload: Workload): EngineMemory {
  const slots = Math.ceil(options.slots / workersOf(options));
  return estimateMemory(config, training(options), batchOf(config, options, workload, slots));
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
