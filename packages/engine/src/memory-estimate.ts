import {
  layBackwardWorkspace,
  layChunkActivations,
  layForwardWorkspace,
  layRecomputedActivations,
} from './activations.js';
import { adapterBytes } from './adapter-memory.js';
import { AdapterLayout } from './adapter-layout.js';
import { CHUNK_ROWS } from './batch-plan.js';
import { keyValueCacheBytes } from './key-value-cache.js';
import type { LoraConfig } from './lora.js';
import { ParameterLayout } from './parameter-layout.js';
import { Region } from './region.js';
import type { TransformerConfig } from './transformer-config.js';
import { layDecoderBuffers } from './wasm-decoder.js';

/** What is going to be asked of an engine. */
export interface MemoryWorkload {
  /** Slots of its decoder; 0 without one. */
  readonly slots: number;
  /** Tokens of the largest batch for `forward`, or for `score` where nothing is trained. */
  readonly batchTokens: number;
  /** How many of those tokens are scored. */
  readonly scoredTokens: number;
  /** Tokens of the longest sequence in that batch. */
  readonly sequenceTokens: number;
}

export interface MemoryPart {
  readonly name:
    'weights' | 'packed weights' | 'adapters' | 'gradients' | 'moments' | 'activations' | 'key-value cache';
  readonly bytes: number;
}

export interface MemoryEstimate {
  /** Parts of 0 bytes are left out. */
  readonly parts: readonly MemoryPart[];
  readonly bytes: number;
}

/** How the engine is going to be made: the options of `createEngine` that its memory depends on, with its defaults. */
interface EstimateOptions {
  /** Adapters on frozen weights. Default null: the weights are trained. */
  readonly lora?: LoraConfig | null;
  /** false: the engine only scores and samples. Default true. */
  readonly trainable?: boolean;
  /** false: without the moments of AdamW, two numbers a trained parameter. Default true. */
  readonly optimizer?: boolean;
  /** true: of each layer only its input is kept for the backward pass. Default false. */
  readonly recompute?: boolean;
}

/**
 * Peak memory of the embedded engine, computed from the model's shape alone by the same layouts the engine takes its
 * memory with. Nothing is allocated. Without a workload: what the engine takes when it is made.
 */
export function estimateMemory(
  config: TransformerConfig,
  { lora = null, trainable = true, optimizer = true, recompute = false }: EstimateOptions = {},
  workload: MemoryWorkload | null = null,
): MemoryEstimate {
  const layout = new ParameterLayout(config);
  const weights = layout.size * 4;
  const adapters = lora === null ? null : adapterBytes(new AdapterLayout(lora, layout));
  const rotary = config.contextLength * layout.headSize * 4;
  const gradients = adapters?.gradients ?? weights;
  const moments = adapters?.moments ?? 2 * weights;
  const all: MemoryPart[] = [
    { name: 'weights', bytes: weights + rotary },
    { name: 'packed weights', bytes: trainable ? 2 * weights : weights },
    // Adapters come with gradients, and with moments unless there is no optimizer, also where nothing is trained.
    { name: 'adapters', bytes: adapters === null ? 0 : adapters.weights + adapters.scratch },
    { name: 'gradients', bytes: trainable || adapters ? gradients : 0 },
    { name: 'moments', bytes: optimizer && (trainable || adapters) ? moments : 0 },
    { name: 'activations', bytes: workload ? activationBytes(config, layout, { trainable, recompute }, workload) : 0 },
    { name: 'key-value cache', bytes: workload ? decoderBytes(config, layout, workload.slots) : 0 },
  ];
  const parts = all.filter(({ bytes }) => bytes > 0);
  return { parts, bytes: parts.reduce((sum, part) => sum + part.bytes, 0) };
}

function decoderBytes(config: TransformerConfig, layout: ParameterLayout, slots: number): number {
  if (slots === 0) return 0;
  const workspace = new Region();
  layDecoderBuffers(workspace, config, layout, slots);
  return keyValueCacheBytes(config, layout, slots) + workspace.bytes();
}

/** The arena of a batch whose tokens come in chunks as full as can be. */
function activationBytes(
  config: TransformerConfig,
  layout: ParameterLayout,
  { trainable, recompute }: { readonly trainable: boolean; readonly recompute: boolean },
  { batchTokens, scoredTokens, sequenceTokens }: MemoryWorkload,
): number {
  if (batchTokens === 0) return 0;
  const rows = Math.min(batchTokens, Math.max(CHUNK_ROWS, sequenceTokens));
  const longest = Math.min(batchTokens, sequenceTokens);
  const sizes = { rows, scored: Math.min(rows, scoredTokens), longest };
  const region = new Region();
  region.take(batchTokens);
  if (trainable) {
    const shared = recompute ? layRecomputedActivations(region, config, layout, sizes) : null;
    for (let first = 0; first < batchTokens; first += rows) {
      const own = Math.min(rows, batchTokens - first);
      const scored = Math.max(0, Math.min(own, scoredTokens - first));
      layChunkActivations(region, config, layout, own, scored, shared);
    }
    layBackwardWorkspace(region, config, layout, sizes);
  } else {
    layChunkActivations(region, config, layout, sizes.rows, sizes.scored);
  }
  layForwardWorkspace(region, config, layout, sizes);
  return region.bytes();
}

/** Megabytes of each part, for messages. */
export function describeMemory({ parts, bytes }: MemoryEstimate): string {
  const list = parts.map(({ name, bytes: own }) => `${name} ${megabytes(own)}`).join(', ');
  return `${megabytes(bytes)} MB (${list})`;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
