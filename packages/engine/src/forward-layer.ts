import type { ForwardWorkspace, LayerActivations } from './activations.js';
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
  const { hiddenSize, rmsNormEpsilon } = config;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { attentionIn, attentionOut, feedForwardIn, feedForwardOut } = layer;
  const { normed, activated } = workspace;
  const hiddenBytes = hiddenSize * 4;

  kernels.rmsNorm(buffers.input, model.weight(layer.attentionNorm), normed, buffers.attentionInverse, rows, hiddenSize, rmsNormEpsilon); // prettier-ignore
  kernels.multiply(normed, hiddenBytes, model.packedMatrix(attentionIn, 'forward'), buffers.projected, attentionIn.outputs * 4, rows, attentionIn.outputs, hiddenSize, 0); // prettier-ignore
  attend();
  kernels.copyRows(buffers.input, hiddenBytes, buffers.middle, hiddenBytes, rows, hiddenSize);
  kernels.multiply(buffers.attended, attentionOut.inputs * 4, model.packedMatrix(attentionOut, 'forward'), buffers.middle, hiddenBytes, rows, hiddenSize, attentionOut.inputs, 1); // prettier-ignore

  kernels.rmsNorm(buffers.middle, model.weight(layer.feedForwardNorm), normed, buffers.feedForwardInverse, rows, hiddenSize, rmsNormEpsilon); // prettier-ignore
  kernels.multiply(normed, hiddenBytes, model.packedMatrix(feedForwardIn, 'forward'), buffers.gateUp, feedForwardIn.outputs * 4, rows, feedForwardIn.outputs, hiddenSize, 0); // prettier-ignore
  kernels.swiglu(buffers.gateUp, activated, rows, feedForwardOut.inputs);
  kernels.copyRows(buffers.middle, hiddenBytes, output, hiddenBytes, rows, hiddenSize);
  kernels.multiply(activated, feedForwardOut.inputs * 4, model.packedMatrix(feedForwardOut, 'forward'), output, hiddenBytes, rows, hiddenSize, feedForwardOut.inputs, 1); // prettier-ignore
}

/** Bytes of one row of projected queries, keys and values, and where in it keys and values start. */
export function projectedRow(model: ModelMemory): { bytes: number; keys: number; values: number } {
  const { queryWidth, keyValueWidth } = model.layout;
  return { bytes: (queryWidth + 2 * keyValueWidth) * 4, keys: queryWidth * 4, values: (queryWidth + keyValueWidth) * 4 };
}

/** Rotates the queries (scaled by 1 / sqrt(headSize)) and keys of consecutive positions in place; -1 undoes it for gradients. */
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
  kernels.rope(projected, bytes, rows, firstPosition, config.headCount, headSize, cosines, sines, direction, 1 / Math.sqrt(headSize)); // prettier-ignore
  kernels.rope(projected + keys, bytes, rows, firstPosition, config.keyValueHeadCount, headSize, cosines, sines, direction, 1); // prettier-ignore
}
