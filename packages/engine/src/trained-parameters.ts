import type { Heap } from './heap.js';
import type { Address } from './load-kernels.js';
import type { ParameterRange, TensorPlace } from './parameter-layout.js';

/** What a layout says of the run of floats it describes. */
interface RunLayout {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly ranges: readonly ParameterRange[];
  readonly size: number;
}

/** Parameters that are differentiated: all weights, or the adapters alone. All runs share the layout's offsets. */
export interface TrainedParameters extends RunLayout {
  readonly weights: Address;
  readonly gradients: Address;
  /** The optimizer's moments; null where another engine steps. */
  readonly moments: { readonly first: Address; readonly second: Address } | null;
}

/** Cleared gradients and, with an optimizer, moments for the weights at `weights`. */
export function trainParameters(
  heap: Heap,
  weights: Address,
  { tensors, ranges, size }: RunLayout,
  optimizer: boolean,
): TrainedParameters {
  return {
    tensors,
    ranges,
    size,
    weights,
    gradients: clearedFloats(heap, size, 'the gradients'),
    moments: optimizer
      ? {
          first: clearedFloats(heap, size, "the optimizer's first moments"),
          second: clearedFloats(heap, size, "the optimizer's second moments"),
        }
      : null,
  };
}

export function clearedFloats(heap: Heap, count: number, purpose: string): Address {
  const address = heap.allocate(count * 4, purpose);
  heap.floats(address, count).fill(0);
  return address;
}
