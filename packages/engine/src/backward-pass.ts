import type { BackwardWorkspace, ChunkActivations, LayerActivations } from './activations.js';
import type { Chunk } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { projectedRow, rotateProjected } from './forward-layer.js';
import { sequencesOf, type SequenceRows } from './forward-pass.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8, type MatrixPlace } from './parameter-layout.js';

/**
 * The reverse of `forwardChunk`: from the gradients in `workspace.dLogprobs` and `dEntropies` adds one chunk's share to
 * the parameter gradients. Norm outputs and activated values are recomputed rather than kept.
 */
export function backwardChunk(
  model: ModelMemory,
  batch: PackedBatch,
  chunk: Chunk,
  tokens: Address,
  inverseTemperature: number,
  activations: ChunkActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { hiddenSize } = config;
  const sequences = sequencesOf(chunk, batch.offsets);
  heap.floats(workspace.dHidden, chunk.rows * hiddenSize).fill(0);
  headBackward(model, chunk, inverseTemperature, activations, workspace);
  for (let index = activations.layers.length - 1; index >= 0; index--) {
    const buffers = activations.layers[index];
    if (!buffers) throw new Error(`no layer ${index}`);
    feedForwardBackward(model, index, chunk.rows, buffers, workspace);
    attentionBackward(model, index, chunk.rows, sequences, buffers, workspace);
  }
  const table = layout.embedding.offset;
  const taps = layout.taps;
  for (const { first, rows } of sequences) {
    kernels.embedBackward(workspace.dHidden + first * hiddenSize * 4, tokens + (chunk.firstRow + first) * 4, rows, model.weight(table), taps === null ? 0 : model.weight(taps), config.shiftTaps, model.gradient(table), taps === null ? 0 : model.gradient(taps), hiddenSize); // prettier-ignore
  }
}

function headBackward(
  model: ModelMemory,
  { scored }: Chunk,
  inverseTemperature: number,
  { head }: ChunkActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout } = model;
  const { hiddenSize } = config;
  const { embedding, finalNorm, paddedVocabulary } = layout;
  const { dHeadNormed, dHead, dHidden } = workspace;
  kernels.scoreTargetsBackward(head.logits, head.targets, scored, paddedVocabulary, inverseTemperature, head.logSums, head.entropies, workspace.dLogprobs, workspace.dEntropies); // prettier-ignore
  matrixBackward(model, embedding, scored, head.normed, head.logits, dHeadNormed);
  model.heap.floats(dHead, scored * hiddenSize).fill(0);
  kernels.rmsNormBackward(dHeadNormed, head.hidden, model.weight(finalNorm), head.inverse, dHead, model.gradient(finalNorm), scored, hiddenSize); // prettier-ignore
  kernels.scatterRows(dHead, head.rows, scored, dHidden, hiddenSize);
}

function feedForwardBackward(
  model: ModelMemory,
  index: number,
  rows: number,
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout } = model;
  const { hiddenSize } = config;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { feedForwardNorm, feedForwardIn, feedForwardOut } = layer;
  const { dHidden, normed, dNormed, activated, dActivated, dGateUp } = workspace;
  inputGradient(model, feedForwardOut, rows, dHidden, dActivated);
  kernels.swigluBackward(buffers.gateUp, dActivated, dGateUp, activated, rows, feedForwardOut.inputs);
  weightGradient(model, feedForwardOut, rows, activated, dHidden);
  kernels.rmsNorm(buffers.middle, model.weight(feedForwardNorm), normed, buffers.feedForwardInverse, rows, hiddenSize, config.rmsNormEpsilon); // prettier-ignore
  matrixBackward(model, feedForwardIn, rows, normed, dGateUp, dNormed);
  kernels.rmsNormBackward(dNormed, buffers.middle, model.weight(feedForwardNorm), buffers.feedForwardInverse, dHidden, model.gradient(feedForwardNorm), rows, hiddenSize); // prettier-ignore
}

function attentionBackward(
  model: ModelMemory,
  index: number,
  rows: number,
  sequences: readonly SequenceRows[],
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout } = model;
  const { hiddenSize } = config;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { attentionNorm, attentionIn, attentionOut } = layer;
  const { dHidden, normed, dNormed, dProjected, dAttended } = workspace;
  matrixBackward(model, attentionOut, rows, buffers.attended, dHidden, dAttended);
  for (const sequence of sequences) attendSequenceBackward(model, sequence, buffers, workspace);
  kernels.rmsNorm(buffers.input, model.weight(attentionNorm), normed, buffers.attentionInverse, rows, hiddenSize, config.rmsNormEpsilon); // prettier-ignore
  matrixBackward(model, attentionIn, rows, normed, dProjected, dNormed);
  kernels.rmsNormBackward(dNormed, buffers.input, model.weight(attentionNorm), buffers.attentionInverse, dHidden, model.gradient(attentionNorm), rows, hiddenSize); // prettier-ignore
}

function attendSequenceBackward(
  model: ModelMemory,
  { first, rows }: SequenceRows,
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { headSize, queryWidth } = layout;
  const { headCount, keyValueHeadCount } = config;
  const { keyPanels, valuePanels, dKeys, dValues } = workspace;
  const row = projectedRow(model);
  const projected = buffers.projected + first * row.bytes;
  const dProjected = workspace.dProjected + first * row.bytes;
  const attended = buffers.attended + first * queryWidth * 4;
  const dAttended = workspace.dAttended + first * queryWidth * 4;
  const logSums = buffers.logSums + first * headCount * 4;
  const group = headCount / keyValueHeadCount;
  const headBytes = headSize * 4;
  for (let shared = 0; shared < keyValueHeadCount; shared++) {
    const keys = row.keys + shared * headBytes;
    const values = row.values + shared * headBytes;
    kernels.packKeys(projected + keys, row.bytes, keyPanels, 0, rows, headSize);
    kernels.packKeys(projected + values, row.bytes, valuePanels, 0, rows, headSize);
    heap.floats(dKeys, roundUpTo8(rows) * headSize).fill(0);
    heap.floats(dValues, roundUpTo8(rows) * headSize).fill(0);
    for (let head = shared * group; head < (shared + 1) * group; head++) {
      const offset = head * headBytes;
      kernels.attentionBackward(projected + offset, projected + keys, row.bytes, keyPanels, valuePanels, attended + offset, dAttended + offset, queryWidth * 4, logSums + head * 4, headCount * 4, dProjected + offset, dKeys, dValues, rows, headSize, workspace.attention); // prettier-ignore
    }
    kernels.copyRows(dKeys, headBytes, dProjected + keys, row.bytes, rows, headSize);
    kernels.copyRows(dValues, headBytes, dProjected + values, row.bytes, rows, headSize);
  }
  rotateProjected(model, dProjected, rows, 0, -1);
}

/** y = W x, both ways: adds dW = dy x^T and writes dx = W^T dy. */
function matrixBackward(model: ModelMemory, w: MatrixPlace, rows: number, x: Address, dy: Address, dx: Address): void {
  weightGradient(model, w, rows, x, dy);
  inputGradient(model, w, rows, dy, dx);
}

function weightGradient(model: ModelMemory, w: MatrixPlace, rows: number, x: Address, dy: Address): void {
  model.kernels.accumulateOuter(dy, w.outputs * 4, x, w.inputs * 4, model.gradient(w.offset), rows, w.outputs, w.inputs);
}

function inputGradient(model: ModelMemory, w: MatrixPlace, rows: number, dy: Address, dx: Address): void {
  const packed = model.packedMatrix(w, 'backward');
  model.kernels.multiply(dy, w.outputs * 4, packed, dx, w.inputs * 4, rows, w.inputs, w.outputs, 0);
}
