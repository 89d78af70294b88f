import type { ChunkActivations, ForwardWorkspace, LayerActivations } from './activations.js';
import type { Chunk } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { forwardLayer, projectedRow, rotateProjected } from './forward-layer.js';
import { normalise, project } from './layer-operations.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';

/** Rows of a chunk that one sequence occupies, from the chunk's first row. */
export interface SequenceRows {
  readonly first: number;
  readonly rows: number;
}

export function sequencesOf(chunk: Chunk, offsets: Int32Array): SequenceRows[] {
  return Array.from({ length: chunk.lastSequence - chunk.firstSequence }, (_, i) => {
    const start = offsets[chunk.firstSequence + i] ?? 0;
    const end = offsets[chunk.firstSequence + i + 1] ?? 0;
    return { first: start - chunk.firstRow, rows: end - start };
  });
}

/** Takes one chunk from tokens to log-probabilities and entropies, which are left in `activations.head`. */
export function forwardChunk(
  model: ModelMemory,
  batch: PackedBatch,
  chunk: Chunk,
  tokens: Address,
  inverseTemperature: number,
  activations: ChunkActivations,
  workspace: ForwardWorkspace,
): void {
  const { kernels, config, layout } = model;
  const { hiddenSize } = config;
  const sequences = sequencesOf(chunk, batch.offsets);
  const table = model.weight(layout.embedding.offset);
  const taps = layout.taps === null ? 0 : model.weight(layout.taps);
  const first = activations.layers[0]?.input ?? activations.output;
  for (const { first: row, rows } of sequences) {
    const [x, ids] = [first + row * hiddenSize * 4, tokens + (chunk.firstRow + row) * 4];
    kernels.embed(x, ids, rows, 0, table, taps, config.shiftTaps, hiddenSize);
  }
  activations.layers.forEach((buffers, index) => {
    const output = activations.layers[index + 1]?.input ?? activations.output;
    forwardLayer(model, index, chunk.rows, buffers, workspace, output, () => {
      for (const sequence of sequences) attendSequence(model, sequence, buffers, workspace);
    });
  });
  scoreChunk(model, batch, chunk, inverseTemperature, activations);
}

/** Causal attention over one whole sequence, head by head. */
function attendSequence(
  model: ModelMemory,
  { first, rows }: SequenceRows,
  buffers: LayerActivations,
  workspace: ForwardWorkspace,
): void {
  const { kernels, config, layout } = model;
  const { headSize, queryWidth } = layout;
  const { headCount, keyValueHeadCount } = config;
  const row = projectedRow(model);
  const projected = buffers.projected + first * row.bytes;
  const attended = buffers.attended + first * queryWidth * 4;
  const logSums = buffers.logSums + first * headCount * 4;
  const group = headCount / keyValueHeadCount;
  rotateProjected(model, projected, rows, 0, 1);
  for (let shared = 0; shared < keyValueHeadCount; shared++) {
    const sharedOffset = shared * headSize * 4;
    kernels.packKeys(projected + row.keys + sharedOffset, row.bytes, workspace.keyPanels, 0, rows, headSize);
    for (let head = shared * group; head < (shared + 1) * group; head++) {
      const offset = head * headSize * 4;
      kernels.attention(
        projected + offset,
        row.bytes,
        workspace.keyPanels,
        projected + row.values + sharedOffset,
        row.bytes,
        attended + offset,
        queryWidth * 4,
        logSums + head * 4,
        headCount * 4,
        0,
        rows,
        headSize,
        workspace.attention,
      );
    }
  }
}

/** The vocabulary head at the scored positions only: the hidden state before each predicts it. */
function scoreChunk(
  model: ModelMemory,
  batch: PackedBatch,
  chunk: Chunk,
  inverseTemperature: number,
  { head, output }: ChunkActivations,
): void {
  const { kernels, config, layout, heap } = model;
  const { embedding, paddedVocabulary } = layout;
  const { hidden, normed, logits } = head;
  const { scored } = chunk;
  const rows = heap.integers(head.rows, scored);
  const targets = heap.integers(head.targets, scored);
  for (let i = 0; i < scored; i++) {
    const position = batch.scored[chunk.firstScored + i] ?? 0;
    rows[i] = position - 1 - chunk.firstRow;
    targets[i] = batch.tokens[position] ?? 0;
  }
  kernels.gatherRows(output, head.rows, scored, hidden, config.hiddenSize);
  normalise(model, layout.finalNorm, hidden, normed, head.inverse, scored);
  project(model, embedding, normed, logits, scored);
  kernels.maskPadding(logits, scored, config.vocabularySize, paddedVocabulary);
  kernels.scoreTargets(
    logits,
    head.targets,
    scored,
    paddedVocabulary,
    inverseTemperature,
    head.logprobs,
    head.entropies,
    head.logSums,
  );
}
