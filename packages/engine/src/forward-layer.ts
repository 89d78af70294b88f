import type { ForwardWorkspace, LayerActivations } from './activations.js';
import { addBias, normalize, project } from './layer-operations.js';
import type { LayerRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import type { LayerPlaces } from './parameter-layout.js';

/**
 * Rotates a layer's new keys and its queries, and fills `attended`: from the keys and values of the pass itself in a full
 * pass, from a cache to which it adds the new ones in decoding.
 */
export type Attend = (layer: number, rows: LayerRows, buffers: LayerActivations) => void;

/**
 * One layer: output = m + feedForward(norm(m)) with m = input + attention(norm(input)), at the query rows.
 *
 * @param output null when only what the backward pass reads is wanted, as in a recomputation
 *
 * `attend` tells full passes and decoding apart; all else is the same code for both, which is half of why their
 * results are equal to the bit. The other half is the summation order of the kernels.
 */
export function forwardLayer(
  model: ModelMemory,
  index: number,
  layerRows: LayerRows,
  buffers: LayerActivations,
  workspace: ForwardWorkspace,
  output: Address | null,
  attend: Attend,
): void {
  const { kernels, config, layout } = model;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { rows, queries, indices } = layerRows;
  const { input, middle } = buffers;
  const { normed, activated } = workspace;
  const { hiddenSize } = config;

  normalize(model, layer.attentionNorm, input, normed, buffers.attentionInverse, rows);
  const { biases } = layer;
  project(model, layer.keyValue, normed, buffers.keyValues, rows);
  addBias(model, biases.keyValue, buffers.keyValues, rows, layer.keyValue.outputs);
  if (indices === null) {
    project(model, layer.query, normed, buffers.queries, queries);
    kernels.copyRows(input, 0, middle, 0, 1, rows * hiddenSize);
  } else {
    kernels.gatherRows(normed, indices, queries, workspace.selected, hiddenSize);
    project(model, layer.query, workspace.selected, buffers.queries, queries);
    kernels.gatherRows(input, indices, queries, middle, hiddenSize);
  }
  addBias(model, biases.query, buffers.queries, queries, layer.query.outputs);
  normalizeHeads(model, layer.queryKeyNorms, buffers, rows, queries);
  attend(index, layerRows, buffers);
  project(model, layer.attentionOut, buffers.attended, middle, queries, true);
  addBias(model, biases.attentionOut, middle, queries, hiddenSize);

  // `selected` and `normed` are free again; the query rows are never more than the rows.
  normalize(model, layer.feedForwardNorm, middle, normed, buffers.feedForwardInverse, queries);
  project(model, layer.feedForwardIn, normed, buffers.gateUp, queries);
  addBias(model, biases.feedForwardIn, buffers.gateUp, queries, layer.feedForwardIn.outputs);
  if (output === null) return;
  kernels.swiglu(buffers.gateUp, activated, queries, layout.paddedIntermediate);
  kernels.copyRows(middle, 0, output, 0, 1, queries * hiddenSize);
  project(model, layer.feedForwardOut, activated, output, queries, true);
  addBias(model, biases.feedForwardOut, output, queries, hiddenSize);
}

/** Norms each query and key head in place, keeping what they were for the backward pass. */
function normalizeHeads(
  { kernels, config, layout, weights }: ModelMemory,
  norms: LayerPlaces['queryKeyNorms'],
  { queries, keyValues, plainQueries, plainKeys }: LayerActivations,
  rows: number,
  queryRows: number,
): void {
  if (norms === null) return;
  const { headCount, keyValueHeadCount, rmsNormEpsilon } = config;
  const { headSize, queryWidth, keyValueWidth } = layout;
  const [queryStride, keyStride] = [queryWidth * 4, 2 * keyValueWidth * 4];
  kernels.copyRows(queries, queryStride, plainQueries, queryStride, queryRows, queryWidth);
  kernels.copyRows(keyValues, keyStride, plainKeys, keyValueWidth * 4, rows, keyValueWidth);
  const norm = (x: Address, stride: number, gamma: number, count: number, heads: number): void => {
    kernels.headNorm(x, stride, weights + gamma * 4, x, stride, count, heads, headSize, rmsNormEpsilon);
  };
  norm(queries, queryStride, norms.query, queryRows, headCount);
  norm(keyValues, keyStride, norms.key, rows, keyValueHeadCount);
}
