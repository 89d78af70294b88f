import { AdapterLayout, type AdapterPlace } from './adapter-layout.js';
import type { Heap } from './heap.js';
import type { Address, Kernels } from './load-kernels.js';
import { loraScale, validateLora, type LoraConfig } from './lora.js';
import type { MatrixPlace, ParameterLayout } from './parameter-layout.js';
import { clearedFloats, trainParameters, type TrainedParameters } from './trained-parameters.js';

/** Rows whose low-rank products are computed at once; bounds the scratch, changes no result. */
const BLOCK_ROWS = 256;

/**
 * The adapters of a frozen model. The products of the forward pass, of decoding and of input gradients read packed
 * copies of W + scale B A, so they cost what they cost without adapters and W itself never changes. The gradients of
 * A and B come from low-rank products (dW = dy^T x is never formed):
 *
 *   dB = dy^T (scale x A^T),   dA = (scale dy B)^T x.
 */
export class AdapterMemory {
  readonly layout: AdapterLayout;
  readonly trained: TrainedParameters;
  private readonly scale: number;
  /**
   * Room for one adapter's A or B times the scale, plain in the first and packed in the second, one factor after the
   * other.
   */
  private readonly scaled: Address;
  private readonly packed: Address;
  /** [BLOCK_ROWS, paddedRank] */
  private readonly lowRank: Address;
  /** Room for a matrix with its adapters added. */
  private readonly merged: Address;

  constructor(
    readonly config: LoraConfig,
    base: ParameterLayout,
    private readonly kernels: Kernels,
    private readonly heap: Heap,
    optimizer: boolean,
  ) {
    validateLora(config);
    this.layout = new AdapterLayout(config, base);
    this.scale = loraScale(config);
    const { size, paddedRank } = this.layout;
    this.trained = trainParameters(heap, clearedFloats(heap, size, 'the adapters'), this.layout, optimizer);
    const floats = (count: number): Address => clearedFloats(heap, count, 'the adapters');
    const { factor: largest, matrix } = scratchSizes(this.layout);
    this.scaled = floats(largest);
    this.packed = floats(largest);
    this.lowRank = floats(BLOCK_ROWS * paddedRank);
    this.merged = floats(matrix);
  }

  /**
   * The address of a matrix [outputs, inputs] with its adapters added, given its frozen weights: theirs when it has no
   * adapters, otherwise a scratch that the next call overwrites.
   */
  merge(matrix: MatrixPlace, frozen: Address): Address {
    const places = this.layout.places.get(matrix);
    if (!places) return frozen;
    const { kernels, merged } = this;
    const { paddedRank } = this.layout;
    const { outputs, inputs } = matrix;
    kernels.copyRows(frozen, inputs * 4, merged, inputs * 4, outputs, inputs);
    for (const place of places) {
      const target = merged + place.firstOutput * inputs * 4;
      kernels.packRows(this.scaledCopy(place.a, paddedRank * inputs), this.packed, paddedRank, inputs);
      const b = this.weight(place.b);
      kernels.multiply(b, paddedRank * 4, this.packed, target, inputs * 4, place.outputs, inputs, paddedRank, 1);
    }
    return merged;
  }

  /** Adds to the gradients of a matrix's adapters, given dy[rows, outputs] and x[rows, inputs]. */
  accumulate(matrix: MatrixPlace, dy: Address, x: Address, rows: number): void {
    for (const place of this.layout.places.get(matrix) ?? []) {
      const ownDy = dy + place.firstOutput * 4;
      this.accumulateB(place, ownDy, matrix.outputs * 4, x, rows);
      this.accumulateA(place, ownDy, matrix.outputs * 4, x, rows);
    }
  }

  private accumulateB(
    { a, b, outputs, inputs }: AdapterPlace,
    dy: Address,
    stride: number,
    x: Address,
    rows: number,
  ): void {
    const { kernels, lowRank, packed } = this;
    const { paddedRank } = this.layout;
    kernels.packColumns(this.scaledCopy(a, paddedRank * inputs), packed, paddedRank, inputs);
    for (const { count, xBlock, dyBlock } of blocks(rows, x, inputs * 4, dy, stride)) {
      kernels.multiply(xBlock, inputs * 4, packed, lowRank, paddedRank * 4, count, paddedRank, inputs, 0);
      kernels.accumulateOuter(dyBlock, stride, lowRank, paddedRank * 4, this.gradient(b), count, outputs, paddedRank);
    }
  }

  private accumulateA(
    { a, b, outputs, inputs }: AdapterPlace,
    dy: Address,
    stride: number,
    x: Address,
    rows: number,
  ): void {
    const { kernels, lowRank, packed } = this;
    const { paddedRank } = this.layout;
    kernels.packRows(this.scaledCopy(b, outputs * paddedRank), packed, outputs, paddedRank);
    for (const { count, xBlock, dyBlock } of blocks(rows, x, inputs * 4, dy, stride)) {
      kernels.multiply(dyBlock, stride, packed, lowRank, paddedRank * 4, count, paddedRank, outputs, 0);
      kernels.accumulateOuter(lowRank, paddedRank * 4, xBlock, inputs * 4, this.gradient(a), count, paddedRank, inputs);
    }
  }

  private scaledCopy(offset: number, count: number): Address {
    const { scale } = this;
    const source = this.heap.floats(this.weight(offset), count);
    const target = this.heap.floats(this.scaled, count);
    for (let i = 0; i < count; i++) target[i] = scale * (source[i] ?? NaN);
    return this.scaled;
  }

  private weight(offset: number): Address {
    return this.trained.weights + offset * 4;
  }

  private gradient(offset: number): Address {
    return this.trained.gradients + offset * 4;
  }
}

/** At most BLOCK_ROWS rows of x and of dy at a time; strides in bytes. */
function* blocks(
  rows: number,
  x: Address,
  xStride: number,
  dy: Address,
  dyStride: number,
): Generator<{ count: number; xBlock: Address; dyBlock: Address }> {
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - first);
    yield { count, xBlock: x + first * xStride, dyBlock: dy + first * dyStride };
  }
}

/** Floats of the largest A or B, and of the largest matrix with adapters. */
function scratchSizes({ places, paddedRank }: AdapterLayout): { factor: number; matrix: number } {
  let [width, matrix] = [0, 0];
  for (const [{ outputs, inputs }, adapters] of places) {
    matrix = Math.max(matrix, outputs * inputs);
    for (const adapter of adapters) width = Math.max(width, adapter.outputs, adapter.inputs);
  }
  return { factor: width * paddedRank, matrix };
}

/** Bytes of an `AdapterMemory`: adapters, gradients, moments and scratch. */
export function adapterBytes(layout: AdapterLayout): {
  weights: number;
  gradients: number;
  moments: number;
  scratch: number;
} {
  const { factor, matrix } = scratchSizes(layout);
  const run = layout.size * 4;
  const scratch = (2 * factor + BLOCK_ROWS * layout.paddedRank + matrix) * 4;
  return { weights: run, gradients: run, moments: 2 * run, scratch };
}
