import { availableParallelism } from 'node:os';
import { TurnwiseError } from '@turnwise/core';
import type { TransformerOptions } from './transformer-options.js';

/** Micro-batches a worker has at once, so that it need not wait for the next: each with a buffer of its own. */
export const LANES = 2;

/**
 * Worker threads for the option `workers` on an engine; 1 means none but this thread. TensorFlow.js does its own
 * threading, so `auto` leaves it alone.
 *
 * @throws PLUGIN_OPTIONS_INVALID when more than one is asked of TensorFlow.js
 */
export function workerCount(workers: TransformerOptions['workers'], engine: string): number {
  const embedded = engine.startsWith('wasm');
  if (workers === 'auto') return embedded ? availableParallelism() : 1;
  if (workers > 1 && !embedded) {
    throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `${workers} workers need the embedded engine, not ${engine}.`, {
      where: `policy.with.workers: ${workers}`,
      hint: 'Set policy.with.engine: wasm, or leave policy.with.workers at 1.',
    });
  }
  return workers;
}
