import type { ParameterTensor } from './engine.js';
import type { TransformerConfig } from './transformer-config.js';

/** A matrix as the kernels see it: [outputs, inputs] floats from `offset`, both multiples of 8. */
export interface MatrixPlace {
  readonly offset: number;
  readonly outputs: number;
  readonly inputs: number;
}

/** Where one named tensor lies inside its matrix: `rows` rows of `columns` floats, `stride` floats apart. */
export interface TensorPlace extends ParameterTensor {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** A run of floats updated alike by the optimizer. */
export interface ParameterRange {
  readonly offset: number;
  readonly length: number;
  readonly decayed: boolean;
}

/** Offsets of a layer's biases in the order of its projections' outputs; null where the projection has none. */
interface LayerBiases {
  readonly query: number | null;
  readonly keyValue: number | null;
  readonly attentionOut: number | null;
  readonly feedForwardIn: number | null;
  readonly feedForwardOut: number | null;
}

export interface LayerPlaces {
  readonly attentionNorm: number;
  readonly biases: LayerBiases;
  /** Offsets of the norms of query and key heads [headSize], or null without. */
  readonly queryKeyNorms: { readonly query: number; readonly key: number } | null;
  readonly query: MatrixPlace;
  /** Key and value projections stacked: one product computes both. */
  readonly keyValue: MatrixPlace;
  readonly attentionOut: MatrixPlace;
  readonly feedForwardNorm: number;
  /** Gate and up projections stacked. */
  readonly feedForwardIn: MatrixPlace;
  readonly feedForwardOut: MatrixPlace;
}

/**
 * Places every parameter in one run of floats, so that gradients, moments and packed copies share the same offsets.
 *
 * The vocabulary and the intermediate size are padded to a multiple of 8. The padding starts at zero and stays there
 * without special treatment: its activations, hence its gradients, are zero, and AdamW moves a zero weight with a zero
 * gradient nowhere.
 */
export class ParameterLayout {
  readonly headSize: number;
  readonly queryWidth: number;
  readonly keyValueWidth: number;
  readonly paddedVocabulary: number;
  readonly paddedIntermediate: number;

  readonly embedding: MatrixPlace;
  /** What turns states into logits: the embedding itself when tied. */
  readonly head: MatrixPlace;
  /** Offset of the taps [shiftTaps + 1, hiddenSize], or null without taps. */
  readonly taps: number | null;
  readonly layers: readonly LayerPlaces[];
  readonly finalNorm: number;
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly ranges: readonly ParameterRange[];
  /** Floats in all, a multiple of 8. */
  readonly size: number;

  constructor(config: TransformerConfig) {
    const { vocabularySize, hiddenSize, headSize, intermediateSize, shiftTaps } = config;
    this.headSize = headSize;
    this.queryWidth = config.headCount * headSize;
    this.keyValueWidth = config.keyValueHeadCount * this.headSize;
    this.paddedVocabulary = roundUpTo8(vocabularySize);
    this.paddedIntermediate = roundUpTo8(intermediateSize);

    let size = 0;
    const tensors = new Map<string, TensorPlace>();
    const ranges: ParameterRange[] = [];
    const reserve = (length: number, decayed: boolean): number => {
      const offset = size;
      ranges.push({ offset, length, decayed });
      size += length;
      return offset;
    };
    const vector = (name: string, length = hiddenSize): number => {
      const padded = roundUpTo8(length);
      const offset = reserve(padded, false);
      tensors.set(name, { name, shape: [length], offset, rows: 1, columns: length, stride: padded });
      return offset;
    };
    /** Biases of stacked projections, end to end like their outputs. */
    const bias = (present: boolean, parts: readonly (readonly [string, number])[]): number | null => {
      if (!present) return null;
      return parts.map(([name, length]) => vector(name, length))[0] ?? null;
    };
    /** Stacks tensors of `rows` true rows, each padded to a multiple of 8, with `columns` true of `inputs` columns. */
    const matrix = (inputs: number, columns: number, parts: readonly (readonly [string, number])[]): MatrixPlace => {
      const outputs = parts.reduce((sum, [, rows]) => sum + roundUpTo8(rows), 0);
      const offset = reserve(outputs * inputs, true);
      let row = 0;
      for (const [name, rows] of parts) {
        const shape = [rows, columns];
        tensors.set(name, { name, shape, offset: offset + row * inputs, rows, columns, stride: inputs });
        row += roundUpTo8(rows);
      }
      return { offset, outputs, inputs };
    };

    this.embedding = matrix(hiddenSize, hiddenSize, [['model.embed_tokens.weight', vocabularySize]]);
    this.taps = null;
    if (shiftTaps > 0) {
      const rows = shiftTaps + 1;
      const offset = reserve(rows * hiddenSize, false);
      const name = 'model.shift_taps.weight';
      tensors.set(name, { name, shape: [rows, hiddenSize], offset, rows, columns: hiddenSize, stride: hiddenSize });
      this.taps = offset;
    }
    const layerBiases = (prefix: string): LayerBiases => {
      const { queryKeyValueBias, attentionOutBias, feedForwardBias } = config;
      const [attention, mlp] = [`${prefix}.self_attn`, `${prefix}.mlp`];
      return {
        query: bias(queryKeyValueBias, [[`${attention}.q_proj.bias`, this.queryWidth]]),
        keyValue: bias(queryKeyValueBias, [
          [`${attention}.k_proj.bias`, this.keyValueWidth],
          [`${attention}.v_proj.bias`, this.keyValueWidth],
        ]),
        attentionOut: bias(attentionOutBias, [[`${attention}.o_proj.bias`, hiddenSize]]),
        feedForwardIn: bias(feedForwardBias, [
          [`${mlp}.gate_proj.bias`, intermediateSize],
          [`${mlp}.up_proj.bias`, intermediateSize],
        ]),
        feedForwardOut: bias(feedForwardBias, [[`${mlp}.down_proj.bias`, hiddenSize]]),
      };
    };
    const queryKeyNorms = (prefix: string): LayerPlaces['queryKeyNorms'] => {
      if (!config.queryKeyNorm) return null;
      return {
        query: vector(`${prefix}.self_attn.q_norm.weight`, headSize),
        key: vector(`${prefix}.self_attn.k_norm.weight`, headSize),
      };
    };
    this.layers = Array.from({ length: config.layerCount }, (_, index): LayerPlaces => {
      const prefix = `model.layers.${index}`;
      return {
        attentionNorm: vector(`${prefix}.input_layernorm.weight`),
        biases: layerBiases(prefix),
        queryKeyNorms: queryKeyNorms(prefix),
        query: matrix(hiddenSize, hiddenSize, [[`${prefix}.self_attn.q_proj.weight`, this.queryWidth]]),
        keyValue: matrix(hiddenSize, hiddenSize, [
          [`${prefix}.self_attn.k_proj.weight`, this.keyValueWidth],
          [`${prefix}.self_attn.v_proj.weight`, this.keyValueWidth],
        ]),
        attentionOut: matrix(this.queryWidth, this.queryWidth, [[`${prefix}.self_attn.o_proj.weight`, hiddenSize]]),
        feedForwardNorm: vector(`${prefix}.post_attention_layernorm.weight`),
        feedForwardIn: matrix(hiddenSize, hiddenSize, [
          [`${prefix}.mlp.gate_proj.weight`, intermediateSize],
          [`${prefix}.mlp.up_proj.weight`, intermediateSize],
        ]),
        feedForwardOut: matrix(this.paddedIntermediate, intermediateSize, [
          [`${prefix}.mlp.down_proj.weight`, hiddenSize],
        ]),
      };
    });
    this.finalNorm = vector('model.norm.weight');
    this.head = config.tiedEmbedding
      ? this.embedding
      : matrix(hiddenSize, hiddenSize, [['lm_head.weight', vocabularySize]]);
    this.tensors = tensors;
    this.ranges = ranges;
    this.size = size;
  }

  /** The place of a named tensor, or an Error that lists nothing but the name. */
  tensor(name: string): TensorPlace {
    const place = this.tensors.get(name);
    if (!place) throw new Error(`unknown parameter '${name}'`);
    return place;
  }
}

export function roundUpTo8(count: number): number {
  return Math.ceil(count / 8) * 8;
}
