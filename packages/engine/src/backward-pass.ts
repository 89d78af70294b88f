import type { BackwardWorkspace, ChunkActivations, ForwardWorkspace, LayerActivations } from './activations.js';
import { rotateKeys, rotateQueries } from './attend.js';
import type { Chunk } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { forwardLayer } from './forward-layer.js';
import { chunkRows, scoreChunk, withinChunk } from './forward-pass.js';
import { biasGradient, inputGradient, normalize, normalizeBackward, weightGradient } from './layer-operations.js';
import type { LayerRows, SequenceRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8, type LayerPlaces } from './parameter-layout.js';

/**
 * The reverse of `forwardChunk`: from the gradients in `workspace.dLogprobs` and `dEntropies` adds one chunk's share to
 * the parameter gradients. Norm outputs and activated values are recomputed rather than kept.
 *
 * @param recompute the workspace of the forward pass when its activations were shared rather than kept: each layer is
 *   then computed again from its input by the same code, so the gradients are the same to the bit. Chen et al. 2016,
 *   "Training Deep Nets with Sublinear Memory Cost".
 */
export function backwardChunk(
  model: ModelMemory,
  batch: PackedBatch,
  chunk: Chunk,
  tokens: Address,
  inverseTemperature: number,
  activations: ChunkActivations,
  workspace: BackwardWorkspace,
  recompute: ForwardWorkspace | null,
): void {
  const { kernels, config, layout } = model;
  const { hiddenSize } = config;
  const { dHidden, dOutput } = workspace;
  const { inner, last } = chunkRows(chunk, batch, activations.head.rows);
  if (recompute) scoreChunk(model, chunk.scored, inverseTemperature, activations.output, activations.head);
  headBackward(model, chunk.scored, inverseTemperature, activations, workspace);
  // The last row of a sequence predicts nothing, so the last layer's queries are never all rows: it begins at `dOutput`.
  for (let index = layout.layers.length - 1; index >= 0; index--) {
    const [layer, buffers] = [layout.layers[index], activations.layers[index]];
    if (!layer || !buffers) throw new Error(`no layer ${index}`);
    const rows = index === layout.layers.length - 1 ? last : inner;
    const dResidual = rows.indices === null ? dHidden : dOutput;
    if (recompute) forwardLayer(model, index, rows, buffers, recompute, null, withinChunk(model, recompute));
    feedForwardBackward(model, layer, rows.queries, buffers, workspace, dResidual);
    attentionBackward(model, layer, rows, buffers, workspace, dResidual);
  }
  if (!model.trainsWeights) return;
  const table = model.weight(layout.embedding.offset);
  const dTable = model.gradient(layout.embedding.offset);
  const taps = layout.taps === null ? 0 : model.weight(layout.taps);
  const dTaps = layout.taps === null ? 0 : model.gradient(layout.taps);
  for (const { row, rows } of inner.sequences) {
    const [dx, ids] = [dHidden + row * hiddenSize * 4, tokens + (chunk.firstRow + row) * 4];
    kernels.embedBackward(dx, ids, rows, table, taps, config.shiftTaps, dTable, dTaps, hiddenSize);
  }
}

/** Leaves the gradient of the last layer's output in `dOutput`. */
function headBackward(
  model: ModelMemory,
  scored: number,
  inverseTemperature: number,
  { head, output }: ChunkActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { finalNorm, paddedVocabulary } = layout;
  const { dSelected, dOutput } = workspace;
  const dLogits = head.logits;
  kernels.scoreTargetsBackward(
    dLogits,
    head.targets,
    scored,
    paddedVocabulary,
    inverseTemperature,
    head.logSums,
    head.entropies,
    workspace.dLogprobs,
    workspace.dEntropies,
  );
  weightGradient(model, layout.head, dLogits, head.normed, scored);
  inputGradient(model, layout.head, dLogits, dSelected, scored);
  heap.floats(dOutput, scored * config.hiddenSize).fill(0);
  normalizeBackward(model, finalNorm, dSelected, output, head.inverse, dOutput, scored);
}

/** Turns the gradient of m + feedForward(norm(m)) at `dResidual` into that of m, in place. */
function feedForwardBackward(
  model: ModelMemory,
  layer: LayerPlaces,
  queries: number,
  { middle, feedForwardInverse, gateUp }: LayerActivations,
  { normed, dNormed, activated, dActivated, dGateUp }: BackwardWorkspace,
  dResidual: Address,
): void {
  inputGradient(model, layer.feedForwardOut, dResidual, dActivated, queries);
  model.kernels.swigluBackward(gateUp, dActivated, dGateUp, activated, queries, model.layout.paddedIntermediate);
  weightGradient(model, layer.feedForwardOut, dResidual, activated, queries);
  biasGradient(model, layer.biases.feedForwardOut, dResidual, queries, model.config.hiddenSize);

  normalize(model, layer.feedForwardNorm, middle, normed, feedForwardInverse, queries);
  weightGradient(model, layer.feedForwardIn, dGateUp, normed, queries);
  biasGradient(model, layer.biases.feedForwardIn, dGateUp, queries, layer.feedForwardIn.outputs);
  inputGradient(model, layer.feedForwardIn, dGateUp, dNormed, queries);
  normalizeBackward(model, layer.feedForwardNorm, dNormed, middle, feedForwardInverse, dResidual, queries);
}

/** Turns the gradient of input + attention(norm(input)) at `dResidual` into that of the input, at `dHidden`. */
function attentionBackward(
  model: ModelMemory,
  layer: LayerPlaces,
  { rows, queries, indices, sequences }: LayerRows,
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
  dResidual: Address,
): void {
  const { kernels, config, heap } = model;
  const { hiddenSize } = config;
  const { input, attentionInverse } = buffers;
  const { dHidden, normed, dNormed, selected, dSelected, dQueries, dKeyValues } = workspace;
  weightGradient(model, layer.attentionOut, dResidual, buffers.attended, queries);
  biasGradient(model, layer.biases.attentionOut, dResidual, queries, hiddenSize);
  inputGradient(model, layer.attentionOut, dResidual, workspace.dAttended, queries);
  for (const sequence of sequences) attendBackward(model, sequence, buffers, workspace);
  normalizeHeadsBackward(model, layer.queryKeyNorms, buffers, workspace, rows, queries);
  biasGradient(model, layer.biases.query, dQueries, queries, layer.query.outputs);
  biasGradient(model, layer.biases.keyValue, dKeyValues, rows, layer.keyValue.outputs);

  normalize(model, layer.attentionNorm, input, normed, attentionInverse, rows);
  weightGradient(model, layer.keyValue, dKeyValues, normed, rows);
  inputGradient(model, layer.keyValue, dKeyValues, dNormed, rows);
  if (indices === null) {
    weightGradient(model, layer.query, dQueries, normed, queries);
    inputGradient(model, layer.query, dQueries, dNormed, queries, true);
  } else {
    kernels.gatherRows(normed, indices, queries, selected, hiddenSize);
    weightGradient(model, layer.query, dQueries, selected, queries);
    inputGradient(model, layer.query, dQueries, dSelected, queries);
    kernels.scatterRows(dSelected, indices, queries, dNormed, hiddenSize);
    heap.floats(dHidden, rows * hiddenSize).fill(0);
    kernels.scatterRows(dResidual, indices, queries, dHidden, hiddenSize);
  }
  normalizeBackward(model, layer.attentionNorm, dNormed, input, attentionInverse, dHidden, rows);
}

/** Turns the gradients of normed queries and keys into those of the plain ones, in place. */
function normalizeHeadsBackward(
  model: ModelMemory,
  norms: LayerPlaces['queryKeyNorms'],
  { plainQueries, plainKeys }: LayerActivations,
  { dQueries, dKeyValues }: BackwardWorkspace,
  rows: number,
  queryRows: number,
): void {
  if (norms === null) return;
  const { headCount, keyValueHeadCount, rmsNormEpsilon } = model.config;
  const { headSize, queryWidth, keyValueWidth } = model.layout;
  const backward = (dy: Address, dyStride: number, x: Address, gamma: number, count: number, heads: number): void => {
    const [weights, gradients] = [model.weight(gamma), model.vectorGradient(gamma)];
    const stride = heads * headSize * 4;
    model.kernels.headNormBackward(dy, dyStride, x, stride, weights, gradients, count, heads, headSize, rmsNormEpsilon);
  };
  backward(dQueries, queryWidth * 4, plainQueries, norms.query, queryRows, headCount);
  backward(dKeyValues, 2 * keyValueWidth * 4, plainKeys, norms.key, rows, keyValueHeadCount);
}

/** Fills one sequence's rows of `dQueries` and `dKeyValues` from `dAttended`. */
function attendBackward(
  model: ModelMemory,
  sequence: SequenceRows,
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { headSize, queryWidth, keyValueWidth } = layout;
  const { headCount, keyValueHeadCount } = config;
  const { keyPanels, valuePanels, dKeys, dValues } = workspace;
  const stride = 2 * keyValueWidth * 4;
  const headBytes = headSize * 4;
  const group = headCount / keyValueHeadCount;
  const keys = buffers.keyValues + sequence.row * stride;
  const dNewKeys = workspace.dKeyValues + sequence.row * stride;
  for (let shared = 0; shared < keyValueHeadCount; shared++) {
    const headKeys = keys + shared * headBytes;
    const headValues = headKeys + keyValueWidth * 4;
    kernels.packKeys(headKeys, stride, keyPanels, 0, sequence.rows, headSize);
    kernels.packKeys(headValues, stride, valuePanels, 0, sequence.rows, headSize);
    heap.floats(dKeys, roundUpTo8(sequence.rows) * headSize).fill(0);
    heap.floats(dValues, roundUpTo8(sequence.rows) * headSize).fill(0);
    for (const { row, position, rows } of sequence.queries) {
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const at = row * queryWidth * 4 + head * headBytes;
        kernels.attentionBackward(
          buffers.queries + at,
          queryWidth * 4,
          headKeys,
          stride,
          keyPanels,
          valuePanels,
          buffers.attended + at,
          workspace.dAttended + at,
          queryWidth * 4,
          buffers.logSums + (row * headCount + head) * 4,
          headCount * 4,
          workspace.dQueries + at,
          dKeys,
          dValues,
          position,
          rows,
          headSize,
          workspace.attention,
        );
      }
    }
    const dHeadKeys = dNewKeys + shared * headBytes;
    kernels.copyRows(dKeys, headBytes, dHeadKeys, stride, sequence.rows, headSize);
    kernels.copyRows(dValues, headBytes, dHeadKeys + keyValueWidth * 4, stride, sequence.rows, headSize);
  }
  rotateKeys(model, dNewKeys, sequence, -1);
  for (const run of sequence.queries) rotateQueries(model, workspace.dQueries, run, -1);
}
