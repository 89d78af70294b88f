import type { Address } from './load-kernels.js';
import { type ParameterLayout, roundUpTo8 } from './parameter-layout.js';
import type { Region } from './region.js';
import type { TransformerConfig } from './transformer-config.js';

/** What a layer's forward pass leaves behind for its backward pass; `rows` and `queries` as in `LayerRows`. */
export interface LayerActivations {
  /** Residual stream before the layer [rows, hiddenSize]. */
  readonly input: Address;
  readonly attentionInverse: Address;
  /** Keys (rotated) and values side by side [rows, 2 keyValueWidth]. */
  readonly keyValues: Address;
  /** Rotated and scaled [queries, queryWidth]. */
  readonly queries: Address;
  readonly attended: Address;
  /** Queries [queries, queryWidth] and keys [rows, keyValueWidth] before their norm; empty without one. */
  readonly plainQueries: Address;
  readonly plainKeys: Address;
  /** log(sum(exp(score))) [queries, headCount]. */
  readonly logSums: Address;
  /** Residual stream between attention and feed-forward [queries, hiddenSize]. */
  readonly middle: Address;
  readonly feedForwardInverse: Address;
  readonly gateUp: Address;
}

/** What the vocabulary head leaves behind, per scored position of a chunk. */
interface HeadActivations {
  /** Row whose state predicts the token, among the chunk's rows (int32). */
  readonly rows: Address;
  /** The token itself (int32). */
  readonly targets: Address;
  readonly inverse: Address;
  readonly normed: Address;
  /** [scored, paddedVocabulary]; the backward pass overwrites them with their gradient. */
  readonly logits: Address;
  readonly logSums: Address;
  readonly logprobs: Address;
  readonly entropies: Address;
}

/**
 * What a chunk's forward pass leaves behind. With recomputation the layers have nothing of their own but `input`, and
 * the head shares all but `rows`, `targets`, `logprobs` and `entropies`: the rest is what the last pass left there.
 */
export interface ChunkActivations {
  readonly layers: readonly LayerActivations[];
  /** Residual stream after the last layer, at the rows that predict scored tokens [scored, hiddenSize]. */
  readonly output: Address;
  readonly head: HeadActivations;
}

/** Buffers that are free again after each step of the forward pass. */
export interface ForwardWorkspace {
  readonly normed: Address;
  /** `normed` at the query rows only. */
  readonly selected: Address;
  readonly activated: Address;
  readonly keyPanels: Address;
  readonly attention: Address;
}

export interface BackwardWorkspace {
  /** Gradient of the residual stream [rows, hiddenSize]. */
  readonly dHidden: Address;
  /** Gradient of the last layer's output [scored, hiddenSize]. */
  readonly dOutput: Address;
  readonly normed: Address;
  readonly dNormed: Address;
  readonly selected: Address;
  readonly dSelected: Address;
  readonly dQueries: Address;
  readonly dKeyValues: Address;
  readonly dAttended: Address;
  readonly activated: Address;
  readonly dActivated: Address;
  readonly dGateUp: Address;
  readonly keyPanels: Address;
  readonly valuePanels: Address;
  readonly dKeys: Address;
  readonly dValues: Address;
  readonly attention: Address;
  readonly dLogprobs: Address;
  readonly dEntropies: Address;
}

/** Sizes of the largest chunk a workspace must serve. */
export interface WorkspaceSizes {
  readonly rows: number;
  readonly scored: number;
  /** Tokens of the longest sequence, what is cached of it included. */
  readonly longest: number;
}

export function layLayerActivations(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  queries: number,
): LayerActivations {
  return {
    input: region.take(rows * config.hiddenSize),
    ...layLayerDetails(region, config, layout, rows, queries),
  };
}

/** All that a layer's forward pass can compute again from its input. */
type LayerDetails = Omit<LayerActivations, 'input'>;

function layLayerDetails(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  queries: number,
): LayerDetails {
  return {
    attentionInverse: region.take(rows),
    keyValues: region.take(rows * 2 * layout.keyValueWidth),
    queries: region.take(queries * layout.queryWidth),
    attended: region.take(queries * layout.queryWidth),
    plainQueries: region.take(config.queryKeyNorm ? queries * layout.queryWidth : 0),
    plainKeys: region.take(config.queryKeyNorm ? rows * layout.keyValueWidth : 0),
    logSums: region.take(queries * config.headCount),
    middle: region.take(queries * config.hiddenSize),
    feedForwardInverse: region.take(queries),
    gateUp: region.take(queries * 2 * layout.paddedIntermediate),
  };
}

/** What all chunks and layers share when activations are recomputed: made again from a layer's input where needed. */
export interface RecomputedActivations {
  readonly layer: LayerDetails;
  readonly head: HeadDetails;
}

/** All of the head that can be computed again from `output`, but the scores themselves. */
type HeadDetails = Pick<HeadActivations, 'inverse' | 'normed' | 'logits' | 'logSums'>;

/** @param shared without it every layer keeps its own */
export function layChunkActivations(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  rows: number,
  scored: number,
  shared: RecomputedActivations | null = null,
): ChunkActivations {
  const { hiddenSize } = config;
  return {
    layers: layout.layers.map((_, index) => {
      const queries = index === layout.layers.length - 1 ? scored : rows;
      const input = region.take(rows * hiddenSize);
      return { input, ...(shared?.layer ?? layLayerDetails(region, config, layout, rows, queries)) };
    }),
    output: region.take(scored * hiddenSize),
    head: {
      rows: region.take(scored),
      targets: region.take(scored),
      logprobs: region.take(scored),
      entropies: region.take(scored),
      ...(shared?.head ?? layHeadDetails(region, hiddenSize, layout, scored)),
    },
  };
}

function layHeadDetails(region: Region, hiddenSize: number, layout: ParameterLayout, scored: number): HeadDetails {
  return {
    inverse: region.take(scored),
    normed: region.take(scored * hiddenSize),
    logits: region.take(scored * layout.paddedVocabulary),
    logSums: region.take(scored),
  };
}

/** Buffers that serve the largest chunk. */
export function layRecomputedActivations(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  { rows, scored }: WorkspaceSizes,
): RecomputedActivations {
  const queries = layout.layers.length === 1 ? scored : rows;
  return {
    layer: layLayerDetails(region, config, layout, rows, queries),
    head: layHeadDetails(region, config.hiddenSize, layout, scored),
  };
}

export function layForwardWorkspace(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  { rows, scored, longest }: WorkspaceSizes,
): ForwardWorkspace {
  const padded = roundUpTo8(longest);
  return {
    normed: region.take(rows * config.hiddenSize),
    selected: region.take(scored * config.hiddenSize),
    activated: region.take(rows * layout.paddedIntermediate),
    keyPanels: region.take(padded * layout.headSize),
    attention: region.take(4 * padded + 8),
  };
}

export function layBackwardWorkspace(
  region: Region,
  config: TransformerConfig,
  layout: ParameterLayout,
  { rows, scored, longest }: WorkspaceSizes,
): BackwardWorkspace {
  const { hiddenSize } = config;
  const padded = roundUpTo8(longest);
  return {
    dHidden: region.take(rows * hiddenSize),
    dOutput: region.take(scored * hiddenSize),
    normed: region.take(rows * hiddenSize),
    dNormed: region.take(rows * hiddenSize),
    selected: region.take(scored * hiddenSize),
    dSelected: region.take(scored * hiddenSize),
    dQueries: region.take(rows * layout.queryWidth),
    dKeyValues: region.take(rows * 2 * layout.keyValueWidth),
    dAttended: region.take(rows * layout.queryWidth),
    activated: region.take(rows * layout.paddedIntermediate),
    dActivated: region.take(rows * layout.paddedIntermediate),
    dGateUp: region.take(rows * 2 * layout.paddedIntermediate),
    keyPanels: region.take(padded * layout.headSize),
    valuePanels: region.take(padded * layout.headSize),
    dKeys: region.take(padded * layout.headSize),
    dValues: region.take(padded * layout.headSize),
    attention: region.take(2 * 32 * padded),
    dLogprobs: region.take(scored),
    dEntropies: region.take(scored),
  };
}
