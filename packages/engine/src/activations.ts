import type { Address } from './load-kernels.js';
import { type ParameterLayout, roundUpTo8 } from './parameter-layout.js';
import type { Region } from './region.js';
import type { TransformerConfig } from './transformer-config.js';

/** What a layer's forward pass leaves behind for its backward pass, per row of a chunk. */
export interface LayerActivations {
  /** Residual stream before the layer [rows, hiddenSize]. */
  readonly input: Address;
  readonly attentionInverse: Address;
  /** Queries (rotated and scaled), keys (rotated) and values [rows, queryWidth + 2 keyValueWidth]. */
  readonly projected: Address;
  readonly attended: Address;
  /** log(sum(exp(score))) [rows, headCount]. */
  readonly logSums: Address;
  /** Residual stream between attention and feed-forward. */
  readonly middle: Address;
  readonly feedForwardInverse: Address;
  readonly gateUp: Address;
}

/** What the vocabulary head leaves behind, per scored position of a chunk. */
export interface HeadActivations {
  /** Row of the hidden state that predicts the token, from the chunk's first row (int32). */
  readonly rows: Address;
  /** The token itself (int32). */
  readonly targets: Address;
  readonly hidden: Address;
  readonly inverse: Address;
  readonly normed: Address;
  /** [scored, paddedVocabulary]; the backward pass overwrites them with their gradient. */
  readonly logits: Address;
  readonly logSums: Address;
  readonly logprobs: Address;
  readonly entropies: Address;
}

export interface ChunkActivations {
  readonly layers: readonly LayerActivations[];
  /** Residual stream after the last layer. */
  readonly output: Address;
  readonly head: HeadActivations;
}

/** Buffers that are free again after each step of the forward pass. */
export interface ForwardWorkspace {
  readonly normed: Address;
  readonly activated: Address;
  readonly keyPanels: Address;
  readonly attention: Address;
}

export interface BackwardWorkspace {
  /** Gradient of the residual stream. */
  readonly dHidden: Address;
  readonly normed: Address;
  readonly dNormed: Address;
  readonly dProjected: Address;
  readonly dAttended: Address;
  readonly activated: Address;
  readonly dActivated: Address;
  readonly dGateUp: Address;
  readonly keyPanels: Address;
  readonly valuePanels: Address;
  readonly dKeys: Address;
  readonly dValues: Address;
  readonly attention: Address;
  readonly dHeadNormed: Address;
  readonly dHead: Address;
  readonly dLogprobs: Address;
  readonly dEntropies: Address;
}

export function layChunkActivations(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  scored: number,
): ChunkActivations {
  const { hiddenSize, headCount } = config;
  return {
    layers: layout.layers.map((layer) => ({
      input: region.take(rows * hiddenSize),
      attentionInverse: region.take(rows),
      projected: region.take(rows * layer.attentionIn.outputs),
      attended: region.take(rows * layout.queryWidth),
      logSums: region.take(rows * headCount),
      middle: region.take(rows * hiddenSize),
      feedForwardInverse: region.take(rows),
      gateUp: region.take(rows * layer.feedForwardIn.outputs),
    })),
    output: region.take(rows * hiddenSize),
    head: {
      rows: region.take(scored),
      targets: region.take(scored),
      hidden: region.take(scored * hiddenSize),
      inverse: region.take(scored),
      normed: region.take(scored * hiddenSize),
      logits: region.take(scored * layout.paddedVocabulary),
      logSums: region.take(scored),
      logprobs: region.take(scored),
      entropies: region.take(scored),
    },
  };
}

/** For chunks of up to `rows` rows whose sequences, with what is cached of them, have up to `longest` tokens. */
export function layForwardWorkspace(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  longest: number,
): ForwardWorkspace {
  const padded = roundUpTo8(longest);
  return {
    normed: region.take(rows * config.hiddenSize),
    activated: region.take(rows * layout.paddedIntermediate),
    keyPanels: region.take(padded * layout.headSize),
    attention: region.take(4 * padded + 8),
  };
}

export function layBackwardWorkspace(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  scored: number,
  longest: number,
): BackwardWorkspace {
  const { hiddenSize } = config;
  const padded = roundUpTo8(longest);
  return {
    dHidden: region.take(rows * hiddenSize),
    normed: region.take(rows * hiddenSize),
    dNormed: region.take(rows * hiddenSize),
    dProjected: region.take(rows * (layout.queryWidth + 2 * layout.keyValueWidth)),
    dAttended: region.take(rows * layout.queryWidth),
    activated: region.take(rows * layout.paddedIntermediate),
    dActivated: region.take(rows * layout.paddedIntermediate),
    dGateUp: region.take(rows * 2 * layout.paddedIntermediate),
    keyPanels: region.take(padded * layout.headSize),
    valuePanels: region.take(padded * layout.headSize),
    dKeys: region.take(padded * layout.headSize),
    dValues: region.take(padded * layout.headSize),
    attention: region.take(2 * 32 * padded),
    dHeadNormed: region.take(scored * hiddenSize),
    dHead: region.take(scored * hiddenSize),
    dLogprobs: region.take(scored),
    dEntropies: region.take(scored),
  };
}
