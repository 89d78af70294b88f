import type { LayerActivations } from './activations.js';
import type { QueryRun, SequenceRows } from './layer-rows.js';
import type { Address } from './load-kernels.js';
import type { ModelMemory } from './model-memory.js';

/** Where attention finds one sequence's keys and values of one key-value head. */
export interface HeadMemory {
  /** Keys of all positions so far in panels of 8, `panelStride` bytes apart. */
  readonly keyPanels: Address;
  readonly panelStride: number;
  /** Values of all positions so far, `valueStride` bytes apart. */
  readonly values: Address;
  readonly valueStride: number;
}

/** Rotates the new keys of a sequence and its queries, which are also scaled, in place. */
export function rotate(model: ModelMemory, sequence: SequenceRows, { keyValues, queries }: LayerActivations): void {
  rotateKeys(model, keyValues + sequence.row * 2 * model.layout.keyValueWidth * 4, sequence, 1);
  for (const run of sequence.queries) rotateQueries(model, queries, run, 1);
}

/** Fills `attended` at the queries of a sequence; `headMemory` is asked for each key-value head in turn. */
export function attendSequence(
  { kernels, config, layout }: ModelMemory,
  sequence: SequenceRows,
  { queries, attended, logSums }: LayerActivations,
  scratch: Address,
  headMemory: (head: number) => HeadMemory,
): void {
  const { headSize, queryWidth } = layout;
  const { headCount, keyValueHeadCount } = config;
  const group = headCount / keyValueHeadCount;
  for (let shared = 0; shared < keyValueHeadCount; shared++) {
    const { keyPanels, panelStride, values, valueStride } = headMemory(shared);
    for (const { row, position, rows } of sequence.queries) {
      for (let head = shared * group; head < (shared + 1) * group; head++) {
        const at = row * queryWidth * 4 + head * headSize * 4;
        kernels.attention(
          queries + at,
          queryWidth * 4,
          keyPanels,
          panelStride,
          values,
          valueStride,
          attended + at,
          queryWidth * 4,
          logSums + (row * headCount + head) * 4,
          headCount * 4,
          position,
          rows,
          headSize,
          scratch,
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
