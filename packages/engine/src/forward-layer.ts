import type { ForwardWorkspace, LayerActivations } from './activations.js';
import { normalise, project } from './layer-operations.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';

/**
 * One layer over `rows` rows: output = m + feedForward(norm(m)) with m = input + attention(norm(input)).
 *
 * `attend` turns the projected queries, keys and values into the attended values, in place of memory: over whole
 * sequences in a full pass, over a cache in decoding. All else is the same code for both, which is half of why their
 * results are equal to the bit (the other half is the summation order of the kernels).
 */
export function forwardLayer(
  model: ModelMemory,
  index: number,
  rows: number,
  buffers: LayerActivations,
  workspace: ForwardWorkspace,
  output: Address,
  attend: () => void,
): void {
  const { kernels, config, layout } = model;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { input, projected, attended, middle, gateUp } = buffers;
  const { normed, activated } = workspace;
  const size = rows * config.hiddenSize;

  normalise(model, layer.attentionNorm, input, normed, buffers.attentionInverse, rows);
  project(model, layer.attentionIn, normed, projected, rows);
  attend();
  kernels.copyRows(input, 0, middle, 0, 1, size);
  project(model, layer.attentionOut, attended, middle, rows, true);

  normalise(model, layer.feedForwardNorm, middle, normed, buffers.feedForwardInverse, rows);
  project(model, layer.feedForwardIn, normed, gateUp, rows);
  kernels.swiglu(gateUp, activated, rows, layout.paddedIntermediate);
  kernels.copyRows(middle, 0, output, 0, 1, size);
  project(model, layer.feedForwardOut, activated, output, rows, true);
}

/** Bytes of one row of projected queries, keys and values, and where in it keys and values start. */
export function projectedRow(model: ModelMemory): { bytes: number; keys: number; values: number } {
  const { queryWidth, keyValueWidth } = model.layout;
  return {
    bytes: (queryWidth + 2 * keyValueWidth) * 4,
    keys: queryWidth * 4,
    values: (queryWidth + keyValueWidth) * 4,
  };
}

/**
 * Rotates the queries, scaled by 1 / sqrt(headSize), and keys of consecutive positions in place. Direction -1 takes the
 * gradients of the rotated ones back to those of the unrotated.
 */
export function rotateProjected(
  model: ModelMemory,
  projected: Address,
  rows: number,
  firstPosition: number,
  direction: 1 | -1,
): void {
  const { kernels, config, layout, cosines, sines } = model;
  const { bytes, keys } = projectedRow(model);
  const { headSize } = layout;
  const rotate = (x: Address, heads: number, scale: number): void => {
    kernels.rope(x, bytes, rows, firstPosition, heads, headSize, cosines, sines, direction, scale);
  };
  rotate(projected, config.headCount, 1 / Math.sqrt(headSize));
  rotate(projected + keys, config.keyValueHeadCount, 1);
}
