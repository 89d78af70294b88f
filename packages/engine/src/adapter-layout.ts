import type { LoraConfig, LoraTarget } from './lora.js';
import {
  roundUpTo8,
  type MatrixPlace,
  type ParameterLayout,
  type ParameterRange,
  type TensorPlace,
} from './parameter-layout.js';

/** An adapter of one projection: where A [paddedRank, inputs] and B [outputs, paddedRank] lie among the adapters. */
export interface AdapterPlace {
  /** First of the projection's rows in its matrix: stacked projections have adapters of their own. */
  readonly firstOutput: number;
  /** A multiple of 8. */
  readonly outputs: number;
  readonly inputs: number;
  /** Offsets in floats. */
  readonly a: number;
  readonly b: number;
}

/**
 * Places all adapters in one run of floats. The rank is padded to a multiple of 8; as with the weights, the padding
 * starts at zero and stays there, because its gradients are products with zeros.
 */
export class AdapterLayout {
  readonly paddedRank: number;
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly ranges: readonly ParameterRange[];
  readonly size: number;
  /** The adapters of each matrix that has any. */
  readonly places: ReadonlyMap<MatrixPlace, readonly AdapterPlace[]>;

  constructor({ rank, targets }: LoraConfig, base: ParameterLayout) {
    this.paddedRank = roundUpTo8(rank);
    const tensors = new Map<string, TensorPlace>();
    const places = new Map<MatrixPlace, AdapterPlace[]>();
    let size = 0;
    const reserve = (length: number): number => {
      size += length;
      return size - length;
    };
    const place = (matrix: MatrixPlace, projection: string): void => {
      const { offset, rows, columns } = base.tensor(`${projection}.weight`);
      const outputs = roundUpTo8(rows);
      const a = reserve(this.paddedRank * matrix.inputs);
      const b = reserve(outputs * this.paddedRank);
      const tensor = (letter: 'A' | 'B', at: number, shape: readonly [number, number], stride: number): void => {
        const name = `${projection}.lora_${letter}.weight`;
        tensors.set(name, { name, shape, offset: at, rows: shape[0], columns: shape[1], stride });
      };
      tensor('A', a, [rank, columns], matrix.inputs);
      tensor('B', b, [rows, rank], this.paddedRank);
      const firstOutput = (offset - matrix.offset) / matrix.inputs;
      const others = places.get(matrix) ?? [];
      places.set(matrix, [...others, { firstOutput, outputs, inputs: matrix.inputs, a, b }]);
    };
    base.layers.forEach((layer, index) => {
      const matrices: Readonly<Record<LoraTarget, readonly [MatrixPlace, string]>> = {
        q_proj: [layer.query, 'self_attn'],
        k_proj: [layer.keyValue, 'self_attn'],
        v_proj: [layer.keyValue, 'self_attn'],
        o_proj: [layer.attentionOut, 'self_attn'],
        gate_proj: [layer.feedForwardIn, 'mlp'],
        up_proj: [layer.feedForwardIn, 'mlp'],
        down_proj: [layer.feedForwardOut, 'mlp'],
      };
      for (const target of targets) {
        const [matrix, block] = matrices[target];
        place(matrix, `model.layers.${index}.${block}.${target}`);
      }
    });
    this.tensors = tensors;
    this.places = places;
    this.size = size;
    this.ranges = [{ offset: 0, length: size, decayed: true }];
  }
}
