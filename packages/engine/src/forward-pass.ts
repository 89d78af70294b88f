import type { ChunkActivations, ForwardWorkspace } from './activations.js';
import { attendSequence, rotate } from './attend.js';
import type { Chunk } from './batch-plan.js';
import type { PackedBatch } from './engine.js';
import { forwardLayer, type Attend } from './forward-layer.js';
import { normalize, project } from './layer-operations.js';
import { allRows, selectRows, type LayerRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';

/** The rows of a chunk in all layers but the last, and in the last: those that predict scored tokens. */
export interface ChunkRows {
  readonly inner: LayerRows;
  readonly last: LayerRows;
}

/** `indices` is where `forwardChunk` puts the places of the rows that predict scored tokens. */
export function chunkRows(chunk: Chunk, { offsets, scored }: PackedBatch, indices: Address): ChunkRows {
  const sequences = Array.from({ length: chunk.lastSequence - chunk.firstSequence }, (_, i) => {
    const start = offsets[chunk.firstSequence + i] ?? 0;
    const end = offsets[chunk.firstSequence + i + 1] ?? 0;
    return { row: start - chunk.firstRow, position: 0, rows: end - start };
  });
  const inner = allRows(sequences);
  return { inner, last: selectRows(inner, predictingRows(chunk, scored), indices) };
}

/** A token is predicted by the row before it. */
function predictingRows(chunk: Chunk, scored: Int32Array): Int32Array {
  const positions = scored.subarray(chunk.firstScored, chunk.firstScored + chunk.scored);
  return positions.map((position) => position - 1 - chunk.firstRow);
}

/** Takes one chunk from tokens to log-probabilities and entropies, which are left in `activations.head`. */
export function forwardChunk(
  model: ModelMemory,
  batch: PackedBatch,
  chunk: Chunk,
  tokens: Address,
  inverseTemperature: number,
  { layers, output, head }: ChunkActivations,
  workspace: ForwardWorkspace,
): void {
  const { kernels, config, layout, heap } = model;
  const { hiddenSize } = config;
  const { inner, last } = chunkRows(chunk, batch, head.rows);
  const positions = batch.scored.subarray(chunk.firstScored, chunk.firstScored + chunk.scored);
  heap.integers(head.rows, chunk.scored).set(predictingRows(chunk, batch.scored));
  heap.integers(head.targets, chunk.scored).set(positions.map((position) => batch.tokens[position] ?? 0));

  const table = model.weight(layout.embedding.offset);
  const taps = layout.taps === null ? 0 : model.weight(layout.taps);
  const first = layers[0]?.input ?? output;
  for (const { row, rows } of inner.sequences) {
    const [x, ids] = [first + row * hiddenSize * 4, tokens + (chunk.firstRow + row) * 4];
    kernels.embed(x, ids, rows, 0, table, taps, config.shiftTaps, hiddenSize);
  }
  const attend = withinChunk(model, workspace);
  layers.forEach((buffers, index) => {
    const next = layers[index + 1];
    forwardLayer(model, index, next ? inner : last, buffers, workspace, next?.input ?? output, attend);
  });
  scoreChunk(model, chunk.scored, inverseTemperature, output, head);
}

/** Attention sees the chunk itself: nothing is cached. */
export function withinChunk(model: ModelMemory, { keyPanels, attention }: ForwardWorkspace): Attend {
  const { kernels, layout } = model;
  const { headSize, keyValueWidth } = layout;
  const stride = 2 * keyValueWidth * 4;
  return (_layer, { sequences }, buffers) => {
    for (const sequence of sequences) {
      rotate(model, sequence, buffers);
      attendSequence(model, sequence, buffers, attention, (head) => {
        const keys = buffers.keyValues + sequence.row * stride + head * headSize * 4;
        kernels.packKeys(keys, stride, keyPanels, 0, sequence.rows, headSize);
        return { keyPanels, panelStride: headSize * 32, values: keys + keyValueWidth * 4, valueStride: stride };
      });
    }
  };
}

/** The vocabulary head at the scored positions only. */
export function scoreChunk(
  model: ModelMemory,
  scored: number,
  inverseTemperature: number,
  output: Address,
  head: ChunkActivations['head'],
): void {
  const { kernels, config, layout } = model;
  const { paddedVocabulary } = layout;
  normalize(model, layout.finalNorm, output, head.normed, head.inverse, scored);
  project(model, layout.head, head.normed, head.logits, scored);
  kernels.maskPadding(head.logits, scored, config.vocabularySize, paddedVocabulary);
  kernels.scoreTargets(
    head.logits,
    head.targets,
    scored,
    paddedVocabulary,
    inverseTemperature,
    head.logprobs,
    head.entropies,
    head.logSums,
  );
}
