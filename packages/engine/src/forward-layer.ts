import type { ForwardWorkspace, LayerActivations } from './activations.js';
import { addBias, normalise, project } from './layer-operations.js';
import type { LayerRows, QueryRun, SequenceRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';
import type { LayerPlaces } from './parameter-layout.js';

/** Where attention finds one sequence's keys and values of one key-value head. */
export interface HeadMemory {
  /** Keys of all positions so far in panels of 8. */
  readonly keyPanels: Address;
  /** Values of all positions so far, `valueStride` bytes apart. */
  readonly values: Address;
  readonly valueStride: number;
}

/**
 * Stores the new keys and values (rotated; at `keys` and `values`, `stride` bytes a row) of one key-value head of the
 * pass's sequence number `sequence`, and says where all of its keys and values now are: in the chunk itself in a full
 * pass, in a cache in decoding.
 */
export type Remember = (sequence: number, head: number, keys: Address, values: Address, stride: number) => HeadMemory;

/**
 * One layer: output = m + feedForward(norm(m)) with m = input + attention(norm(input)), at the query rows.
 *
 * @param output null when only what the backward pass reads is wanted, as in a recomputation
 *
 * `remember` tells full passes and decoding apart; all else is the same code for both, which is half of why their
 * results are equal to the bit. The other half is the summation order of the kernels.
 */
export function forwardLayer(
  model: ModelMemory,
  index: number,
  layerRows: LayerRows,
  buffers: LayerActivations,
  workspace: ForwardWorkspace,
  output: Address | null,
  remember: Remember,
): void {
  const { kernels, config, layout } = model;
  const layer = layout.layers[index];
  if (!layer) throw new Error(`no layer ${index}`);
  const { rows, queries, indices, sequences } = layerRows;
  const { input, middle } = buffers;
  const { normed, activated } = workspace;
  const { hiddenSize } = config;

  normalise(model, layer.attentionNorm, input, normed, buffers.attentionInverse, rows);
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
  normaliseHeads(model, layer.queryKeyNorms, buffers, rows, queries);
  sequences.forEach((sequence, s) => {
    rotateKeys(model, buffers.keyValues + sequence.row * 2 * layout.keyValueWidth * 4, sequence, 1);
    for (const run of sequence.queries) rotateQueries(model, buffers.queries, run, 1);
    attend(model, s, sequence, buffers, workspace, remember);
  });
  project(model, layer.attentionOut, buffers.attended, middle, queries, true);
  addBias(model, biases.attentionOut, middle, queries, hiddenSize);

  // `selected` and `normed` are free again; the query rows are never more than the rows.
  normalise(model, layer.feedForwardNorm, middle, normed, buffers.feedForwardInverse, queries);
  project(model, layer.feedForwardIn, normed, buffers.gateUp, queries);
  addBias(model, biases.feedForwardIn, buffers.gateUp, queries, layer.feedForwardIn.outputs);
  if (output === null) return;
  kernels.swiglu(buffers.gateUp, activated, queries, layout.paddedIntermediate);
  kernels.copyRows(middle, 0, output, 0, 1, queries * hiddenSize);
  project(model, layer.feedForwardOut, activated, output, queries, true);
  addBias(model, biases.feedForwardOut, output, queries, hiddenSize);
}

/** Norms each query and key head in place, keeping what they were for the backward pass. */
function normaliseHeads(
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

function attend(
  model: ModelMemory,
  index: number,
  sequence: SequenceRows,
  buffers: LayerActivations,
  workspace: ForwardWorkspace,
  remember: Remember,
): void {
  const { kernels, config, layout } = model;
  const { headSize, queryWidth, keyValueWidth } = layout;
  const { headCount, keyValueHeadCount } = config;
  const stride = 2 * keyValueWidth * 4;
  const newKeys = buffers.keyValues + sequence.row * stride;
  const newValues = newKeys + keyValueWidth * 4;
  const group = headCount / keyValueHeadCount;
  for (let shared = 0; shared < keyValueHeadCount; shared++) {
    const offset = shared * headSize * 4;
    const { keyPanels, values, valueStride } = remember(index, shared, newKeys + offset, newValues + offset, stride);
    for (const { row, position, rows } of sequence.queries) {
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const at = row * queryWidth * 4 + head * headSize * 4;
        kernels.attention(
          buffers.queries + at,
          queryWidth * 4,
          keyPanels,
          values,
          valueStride,
          buffers.attended + at,
          queryWidth * 4,
          buffers.logSums + (row * headCount + head) * 4,
          headCount * 4,
          position,
          rows,
          headSize,
          workspace.attention,
        );
      }
    }
  }
}

/** Rotates a sequence's keys in place; direction -1 takes gradients of rotated keys to those of unrotated ones. */
export function rotateKeys(
  { kernels, config, layout, cosines, sines }: ModelMemory,
  keys: Address,
  { position, rows }: SequenceRows,
  direction: 1 | -1,
): void {
  const { headSize, keyValueWidth } = layout;
  const heads = config.keyValueHeadCount;
  kernels.rope(keys, 2 * keyValueWidth * 4, rows, position, heads, headSize, cosines, sines, direction, 1);
}

/** The same for a run of the queries that start at `queries`, which are also scaled by 1 / sqrt(headSize). */
export function rotateQueries(
  { kernels, config, layout, cosines, sines }: ModelMemory,
  queries: Address,
  { row, position, rows }: QueryRun,
  direction: 1 | -1,
): void {
  const { headSize, queryWidth } = layout;
  const stride = queryWidth * 4;
  const scale = 1 / Math.sqrt(headSize);
  const first = queries + row * stride;
  kernels.rope(first, stride, rows, position, config.headCount, headSize, cosines, sines, direction, scale);
}
