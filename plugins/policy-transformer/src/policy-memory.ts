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
  const { main, worker, largest } = engines(config, options, workload);
  const limitBytes = policyMemoryLimit(options);
  const notes = [worker === null ? sumsNote(main) : workersNote(workersOf(options), worker, main)];
  if (workload.reference) {
    const reference = estimateMemory(config, { trainable: false }, batchOf(config, options, workload, 0)).bytes;
    const each = worker === null ? 'a second engine' : `${workersOf(options) + 1} engines more, one of each thread,`;
    notes.push(`the KL reference is ${each} of at most ${megabytes(reference)} MB`);
  }
  if (options.engine !== 'wasm') notes.push('reckoned for the embedded engine; TensorFlow.js keeps no packed weights');
  const fits = (changes: Partial<MemoryOptions>): { readonly bytes: number; readonly limitBytes: number } => {
    const changed = { ...options, ...changes };
    return { bytes: engines(config, changed, workload).largest.bytes, limitBytes: policyMemoryLimit(changed) };
  };
  return {
    parts: largest.parts.map(({ name, bytes }) => ({ name, bytes })),
    leastBytes: estimateMemory(config, training(options)).bytes,
    limitBytes,
    remedies: largest.bytes > limitBytes ? memoryRemedies(options, fits) : [],
    notes,
  };
}

function sumsNote(engine: EngineMemory): string {
  // GradientAccumulator keeps three copies: the sum, the gradient before an update, and that of one micro-batch.
  return `gradients are added up outside of the engine: ${megabytes(3 * part(engine, 'gradients'))} MB more`;
}

function workersNote(count: number, worker: EngineMemory, main: EngineMemory): string {
  const weights = part(main, 'weights') + part(main, 'adapters');
  const shared = weights + (count * LANES + 1) * part(main, 'gradients');
  const all = count * worker.bytes + main.bytes + shared;
  const [one, others] =
    main.bytes > worker.bytes
      ? ['the main thread', `${count} workers (of ${megabytes(worker.bytes)} MB)`]
      : [`one of ${count} workers`, `the main thread (${megabytes(main.bytes)} MB)`];
  return `that is ${one}; with ${others} and what they share (${megabytes(shared)} MB) at most ${megabytes(all)} MB in all`;
}

function part({ parts }: EngineMemory, name: EngineMemory['parts'][number]['name']): number {
  return parts.find((each) => each.name === name)?.bytes ?? 0;
}

/** How many workers there are by the count of the embedded engine. */
function workersOf({ workers }: Pick<MemoryOptions, 'workers'>): number {
  return workerCount(workers, 'wasm');
}

function training({ lora, recompute }: Pick<MemoryOptions, 'lora' | 'recompute'>) {
  return { lora: lora ? { rank: lora.rank, alpha: lora.alpha, targets: lora.targets } : null, recompute };
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

/**
 * The engines of the policy. With workers each of them samples and differentiates, with its share of the slots and no moments;
 * the main thread's then only steps, and has what an engine has when it is made.
 */
function engines(
  config: TransformerConfig,
  options: MemoryOptions,
  workload: Workload,
): { readonly main: EngineMemory; readonly worker: EngineMemory | null; readonly largest: EngineMemory } {
  const count = workersOf(options);
  const batch = batchOf(config, options, workload, Math.ceil(options.slots / count));
  if (count === 1) {
    const main = estimateMemory(config, training(options), batch);
    return { main, worker: null, largest: main };
  }
  const main = estimateMemory(config, training(options));
  const worker = estimateMemory(config, { ...training(options), optimizer: false }, batch);
  return { main, worker, largest: main.bytes > worker.bytes ? main : worker };
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
