import type { BackwardWorkspace, ChunkActivations, LayerActivations } from './activations.js';
import type { Chunk } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { projectedRow, rotateProjected } from './forward-layer.js';
import { sequencesOf, type SequenceRows } from './forward-pass.js';
import { inputGradient, normalise, normaliseBackward, weightGradient } from './layer-operations.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import { roundUpTo8, type LayerPlaces } from './parameter-layout.js';

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
  const { dHidden } = workspace;
  const sequences = sequencesOf(chunk, batch.offsets);
  heap.floats(dHidden, chunk.rows * hiddenSize).fill(0);
  headBackward(model, chunk, inverseTemperature, activations, workspace);
  for (let index = activations.layers.length - 1; index >= 0; index--) {
    const [layer, buffers] = [layout.layers[index], activations.layers[index]];
    if (!layer || !buffers) throw new Error(`no layer ${index}`);
    feedForwardBackward(model, layer, chunk.rows, buffers, workspace);
    attentionBackward(model, layer, chunk.rows, sequences, buffers, workspace);
  }
  const table = model.weight(layout.embedding.offset);
  const dTable = model.gradient(layout.embedding.offset);
  const taps = layout.taps === null ? 0 : model.weight(layout.taps);
  const dTaps = layout.taps === null ? 0 : model.gradient(layout.taps);
  for (const { first, rows } of sequences) {
    const [dx, ids] = [dHidden + first * hiddenSize * 4, tokens + (chunk.firstRow + first) * 4];
    kernels.embedBackward(dx, ids, rows, table, taps, config.shiftTaps, dTable, dTaps, hiddenSize);
  }
}

function headBackward(
  model: ModelMemory,
  { scored }: Chunk,
  inverseTemperature: number,
  { head }: ChunkActivations,
  workspace: BackwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { embedding, finalNorm, paddedVocabulary } = layout;
  const { dHeadNormed, dHead } = workspace;
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
  weightGradient(model, embedding, dLogits, head.normed, scored);
  inputGradient(model, embedding, dLogits, dHeadNormed, scored);
  heap.floats(dHead, scored * config.hiddenSize).fill(0);
  normaliseBackward(model, finalNorm, dHeadNormed, head.hidden, head.inverse, dHead, scored);
  kernels.scatterRows(dHead, head.rows, scored, workspace.dHidden, config.hiddenSize);
}

function feedForwardBackward(
  model: ModelMemory,
  layer: LayerPlaces,
  rows: number,
  { middle, feedForwardInverse, gateUp }: LayerActivations,
  { dHidden, normed, dNormed, activated, dActivated, dGateUp }: BackwardWorkspace,
): void {
  inputGradient(model, layer.feedForwardOut, dHidden, dActivated, rows);
  model.kernels.swigluBackward(gateUp, dActivated, dGateUp, activated, rows, model.layout.paddedIntermediate);
  weightGradient(model, layer.feedForwardOut, dHidden, activated, rows);

  normalise(model, layer.feedForwardNorm, middle, normed, feedForwardInverse, rows);
  weightGradient(model, layer.feedForwardIn, dGateUp, normed, rows);
  inputGradient(model, layer.feedForwardIn, dGateUp, dNormed, rows);
  normaliseBackward(model, layer.feedForwardNorm, dNormed, middle, feedForwardInverse, dHidden, rows);
}

function attentionBackward(
  model: ModelMemory,
  layer: LayerPlaces,
  rows: number,
  sequences: readonly SequenceRows[],
  buffers: LayerActivations,
  workspace: BackwardWorkspace,
): void {
  const { input, attentionInverse } = buffers;
  const { dHidden, normed, dNormed, dProjected } = workspace;
  weightGradient(model, layer.attentionOut, dHidden, buffers.attended, rows);
  inputGradient(model, layer.attentionOut, dHidden, workspace.dAttended, rows);
  for (const sequence of sequences) attendSequenceBackward(model, sequence, buffers, workspace);

  normalise(model, layer.attentionNorm, input, normed, attentionInverse, rows);
  weightGradient(model, layer.attentionIn, dProjected, normed, rows);
  inputGradient(model, layer.attentionIn, dProjected, dNormed, rows);
  normaliseBackward(model, layer.attentionNorm, dNormed, input, attentionInverse, dHidden, rows);
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
      kernels.attentionBackward(
        projected + offset,
        projected + keys,
        row.bytes,
        keyPanels,
        valuePanels,
        attended + offset,
        dAttended + offset,
        queryWidth * 4,
        logSums + head * 4,
        headCount * 4,
        dProjected + offset,
        dKeys,
        dValues,
        rows,
        headSize,
        workspace.attention,
      );
    }
    kernels.copyRows(dKeys, headBytes, dProjected + keys, row.bytes, rows, headSize);
    kernels.copyRows(dValues, headBytes, dProjected + values, row.bytes, rows, headSize);
  }
  rotateProjected(model, dProjected, rows, 0, -1);
}
