import { AdapterMemory } from './adapter-memory.js';
import type { Heap } from './heap.js';
import type { Address, Kernels } from './load-kernels.js';
import type { LoraConfig } from './lora.js';
import { ParameterLayout, type MatrixPlace, type TensorPlace } from './parameter-layout.js';
import { ropeFrequencies } from './rope-frequencies.js';
import { clearedFloats, trainParameters, type TrainedParameters } from './trained-parameters.js';
import type { TransformerConfig } from './transformer-config.js';

/** The two orders in which a matrix is packed: for y = W x and for dx = W^T dy. */
type Packing = 'forward' | 'backward';

/** What of a model is trained. */
export interface TrainedPart {
  /** false: only scores and samples; no gradients, moments or matrices packed for the backward pass. */
  readonly trainable: boolean;
  /** Adapters to train instead of the weights; null trains the weights. */
  readonly lora: LoraConfig | null;
}

/** What of a model is trained and where it is stepped, and so what memory it takes. */
export interface TrainingKind extends TrainedPart {
  /** false: another engine steps with the gradients of this one, which has no moments. */
  readonly optimizer: boolean;
}

/**
 * Everything that lives as long as the engine: weights, what is trained of them, the packed copies of the matrices that
 * the products read, and the rotary tables. All runs of weights share the offsets of the layout.
 */
export class ModelMemory {
  readonly layout: ParameterLayout;
  readonly weights: Address;
  /** The adapters, when there are any: the weights under them are frozen. `null` without. */
  readonly adapters: AdapterMemory | null;
  /** What the optimizer moves; null when nothing is trained. */
  readonly trained: TrainedParameters | null;
  /** [contextLength, headSize / 2] each. */
  readonly cosines: Address;
  readonly sines: Address;
  /** Counts changes of the weights, so that others can tell what they derived from older ones. */
  version = 0;

  private readonly packed: Record<Packing, Address | null>;
  /** Takes gradients of frozen vectors, which the kernels compute along with others. */
  private readonly discarded: Address;
  private readonly packedVersion: Record<Packing, number> = { forward: -1, backward: -1 };

  constructor(
    readonly config: TransformerConfig,
    readonly kernels: Kernels,
    readonly heap: Heap,
    { trainable, lora, optimizer }: TrainingKind,
  ) {
    this.layout = new ParameterLayout(config);
    const { size } = this.layout;
    this.weights = clearedFloats(heap, size, 'the weights');
    this.adapters = lora === null ? null : new AdapterMemory(lora, this.layout, kernels, heap, optimizer);
    this.trained = trainable
      ? (this.adapters?.trained ?? trainParameters(heap, this.weights, this.layout, optimizer))
      : null;
    this.packed = {
      forward: clearedFloats(heap, size, 'the packed weights'),
      backward: trainable ? clearedFloats(heap, size, 'the packed weights') : null,
    };
    this.discarded = clearedFloats(heap, Math.max(config.hiddenSize, config.headSize), 'the workspace');

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

  /** Whether the weights themselves are trained, rather than adapters or nothing. */
  get trainsWeights(): boolean {
    return this.trained !== null && this.adapters === null;
  }

  /**
   * Where the gradient of a vector of weights is added to. The gradient of a frozen vector goes where nothing is kept.
   */
  vectorGradient(offset: number): Address {
    return this.trained !== null && this.trainsWeights ? this.trained.gradients + offset * 4 : this.discarded;
  }

  /** Where the gradient of weights that are trained is added to. */
  gradient(offset: number): Address {
    if (this.trained === null || !this.trainsWeights) throw new Error('the weights are frozen: they have no gradients');
    return this.trained.gradients + offset * 4;
  }

  /** A matrix packed for y = W x (`forward`) or dx = W^T dy (`backward`); `pack` must have run. */
  packedMatrix(matrix: MatrixPlace, packing: Packing): Address {
    const run = this.packed[packing];
    if (run === null) throw new Error('an engine that was made with trainable: false has no backward pass');
    return run + matrix.offset * 4;
  }

  /** Brings the packed copies up to date with the weights. */
  pack(packing: Packing): void {
    if (this.packedVersion[packing] === this.version) return;
    for (const matrix of this.matrices()) {
      const target = this.packedMatrix(matrix, packing);
      const source = this.effective(matrix);
      if (packing === 'forward') this.kernels.packColumns(source, target, matrix.outputs, matrix.inputs);
      else this.kernels.packRows(source, target, matrix.outputs, matrix.inputs);
    }
    this.packedVersion[packing] = this.version;
  }

  /** The tensor with its adapters added: what it acts as. */
  readMerged(place: TensorPlace): Float32Array {
    const matrix = this.matrices().find(({ offset, outputs, inputs }) => {
      return place.offset >= offset && place.offset < offset + outputs * inputs;
    });
    if (!matrix || !this.adapters?.layout.places.has(matrix)) return this.readTensor(this.weights, place);
    return this.readTensor(this.effective(matrix) - matrix.offset * 4, place);
  }

  /** Where a matrix lies with its adapters added, until the next call. */
  private effective(matrix: MatrixPlace): Address {
    const frozen = this.weight(matrix.offset);
    return this.adapters?.merge(matrix, frozen) ?? frozen;
  }

  /** Copies a tensor out of the run of parameters that starts at `run`, dropping the padding. Throws as `writeTensor`. */
  readTensor(run: Address, place: TensorPlace, into?: Float32Array): Float32Array {
    const { rows, columns, stride } = place;
    const values = into ?? new Float32Array(rows * columns);
    requireLength(place, values);
    if (stride === columns) {
      values.set(this.heap.floats(run + place.offset * 4, rows * columns));
      return values;
    }
    for (let row = 0; row < rows; row++) {
      values.set(this.heap.floats(run + (place.offset + row * stride) * 4, columns), row * columns);
    }
    return values;
  }

  /** The reverse of `readTensor`. Throws when the length is wrong. */
  writeTensor(run: Address, place: TensorPlace, values: Float32Array): void {
    const { rows, columns, stride } = place;
    requireLength(place, values);
    if (stride === columns) {
      this.heap.floats(run + place.offset * 4, rows * columns).set(values);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const target = this.heap.floats(run + (place.offset + row * stride) * 4, columns);
      target.set(values.subarray(row * columns, (row + 1) * columns));
    }
  }

  private matrices(): MatrixPlace[] {
    const { head, layers } = this.layout;
    const inLayers = layers.flatMap((l) => [l.query, l.keyValue, l.attentionOut, l.feedForwardIn, l.feedForwardOut]);
    return [head, ...inLayers];
  }
}

function requireLength({ name, rows, columns, shape }: TensorPlace, { length }: Float32Array): void {
  if (length === rows * columns) return;
  throw new Error(`'${name}' holds ${rows * columns} values (${shape.join(' x ')}), got ${length}`);
}
