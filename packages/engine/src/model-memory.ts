import type { Heap } from './heap.js';
import type { Address, Kernels } from './load-kernels.js';
import { ParameterLayout, type MatrixPlace, type TensorPlace } from './parameter-layout.js';
import { ropeFrequencies } from './rope-frequencies.js';
import type { TransformerConfig } from './transformer-config.js';

/** The two orders in which a matrix is packed: for y = W x and for dx = W^T dy. */
type Packing = 'forward' | 'backward';

/**
 * Everything that lives as long as the engine: weights, gradients, moments, the packed copies of the matrices that the
 * products read, and the rotary tables. All parameter runs share the offsets of the layout.
 */
export class ModelMemory {
  readonly layout: ParameterLayout;
  readonly weights: Address;
  readonly gradients: Address;
  readonly firstMoments: Address;
  readonly secondMoments: Address;
  /** [contextLength, headSize / 2] each. */
  readonly cosines: Address;
  readonly sines: Address;
  /** Counts changes of the weights, so that others can tell what they derived from older ones. */
  version = 0;

  private readonly packed: Record<Packing, Address>;
  private readonly packedVersion: Record<Packing, number> = { forward: -1, backward: -1 };

  constructor(
    readonly config: TransformerConfig,
    readonly kernels: Kernels,
    readonly heap: Heap,
  ) {
    this.layout = new ParameterLayout(config);
    const allocate = (purpose: string): Address => {
      const address = heap.allocate(this.layout.size * 4, purpose);
      heap.floats(address, this.layout.size).fill(0);
      return address;
    };
    this.weights = allocate('the weights');
    this.gradients = allocate('the gradients');
    this.firstMoments = allocate("the optimizer's first moments");
    this.secondMoments = allocate("the optimizer's second moments");
    this.packed = { forward: allocate('the packed weights'), backward: allocate('the packed weights') };

    const half = this.layout.headSize / 2;
    const tableSize = config.contextLength * half;
    this.cosines = heap.allocate(tableSize * 4, 'the rotary tables');
    this.sines = heap.allocate(tableSize * 4, 'the rotary tables');
    const cosines = heap.floats(this.cosines, tableSize);
    const sines = heap.floats(this.sines, tableSize);
    const frequencies = ropeFrequencies(config);
    for (let i = 0; i < tableSize; i++) {
      const angle = Math.floor(i / half) * (frequencies[i % half] ?? NaN);
      cosines[i] = Math.cos(angle);
      sines[i] = Math.sin(angle);
    }
  }

  weight(offset: number): Address {
    return this.weights + offset * 4;
  }

  gradient(offset: number): Address {
    return this.gradients + offset * 4;
  }

  /** A matrix packed for y = W x (`forward`) or dx = W^T dy (`backward`); `pack` must have run. */
  packedMatrix(matrix: MatrixPlace, packing: Packing): Address {
    return this.packed[packing] + matrix.offset * 4;
  }

  /** Brings the packed copies up to date with the weights. */
  pack(packing: Packing): void {
    if (this.packedVersion[packing] === this.version) return;
    for (const matrix of this.matrices()) {
      const [source, target] = [this.weight(matrix.offset), this.packedMatrix(matrix, packing)];
      if (packing === 'forward') this.kernels.packColumns(source, target, matrix.outputs, matrix.inputs);
      else this.kernels.packRows(source, target, matrix.outputs, matrix.inputs);
    }
    this.packedVersion[packing] = this.version;
  }

  /** Copies a tensor out of the run of parameters that starts at `run`, dropping the padding. */
  readTensor(run: Address, place: TensorPlace): Float32Array {
    const { rows, columns, stride } = place;
    const values = new Float32Array(rows * columns);
    const source = this.heap.floats(run, this.layout.size);
    for (let row = 0; row < rows; row++) {
      const start = place.offset + row * stride;
      values.set(source.subarray(start, start + columns), row * columns);
    }
    return values;
  }

  /** The reverse of `readTensor`. Throws when the length is wrong. */
  writeTensor(run: Address, place: TensorPlace, values: Float32Array): void {
    const { name, rows, columns, stride } = place;
    if (values.length !== rows * columns) {
      throw new Error(`'${name}' holds ${rows * columns} values (${place.shape.join(' x ')}), got ${values.length}`);
    }
    const target = this.heap.floats(run, this.layout.size);
    for (let row = 0; row < rows; row++) {
      target.set(values.subarray(row * columns, (row + 1) * columns), place.offset + row * stride);
    }
  }

  private matrices(): MatrixPlace[] {
    const { head, layers } = this.layout;
    const inLayers = layers.flatMap((l) => [l.query, l.keyValue, l.attentionOut, l.feedForwardIn, l.feedForwardOut]);
    return [head, ...inLayers];
  }
}
