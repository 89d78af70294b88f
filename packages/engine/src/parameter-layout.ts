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

export interface LayerPlaces {
  readonly attentionNorm: number;
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
  /** Offset of the taps [shiftTaps + 1, hiddenSize], or null without taps. */
  readonly taps: number | null;
  readonly layers: readonly LayerPlaces[];
  readonly finalNorm: number;
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly ranges: readonly ParameterRange[];
  /** Floats in all, a multiple of 8. */
  readonly size: number;

  constructor(config: TransformerConfig) {
    const { vocabularySize, hiddenSize, intermediateSize, shiftTaps } = config;
    this.headSize = hiddenSize / config.headCount;
    this.queryWidth = hiddenSize;
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
    const vector = (name: string): number => {
      const offset = reserve(hiddenSize, false);
      tensors.set(name, { name, shape: [hiddenSize], offset, rows: 1, columns: hiddenSize, stride: hiddenSize });
      return offset;
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
    this.layers = Array.from({ length: config.layerCount }, (_, index): LayerPlaces => {
      const prefix = `model.layers.${index}`;
      return {
        attentionNorm: vector(`${prefix}.input_layernorm.weight`),
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
