import type { ParameterTensor } from './engine.js';
import { normalStream } from './random-normal.js';

/** Standard deviations of the normal distributions the weights are drawn from; norms start at 1. */
export interface Initialization {
  /** Token embeddings and the output head. Default 0.3: at 0.05 a small policy learns look-ups far slower. */
  readonly embedding?: number;
  /**
   * Projections have this over sqrt(inputs); those that write into the residual stream further over sqrt(2 layers).
   * Default 1.
   */
  readonly projection?: number;
  /** Shift taps of the preceding tokens; the current token's starts at 1, so that the mix starts near it. Default 0.02. */
  readonly taps?: number;
}

/** The first values of one parameter tensor: a function of the seed, the tensor's name and shape. */
export function initialValues(
  tensor: ParameterTensor,
  layerCount: number,
  seed: number,
  { embedding = 0.3, projection = 1, taps = 0.02 }: Initialization = {},
): Float32Array {
  const { name, shape } = tensor;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const inputs = shape.at(-1) ?? 1;
  if (name.endsWith('norm.weight')) return new Float32Array(size).fill(1);
  if (name.endsWith('.bias') || name.endsWith('.lora_B.weight')) return new Float32Array(size);
  const normal = normalStream(seed, name);
  // The variance of PEFT's uniform start.
  if (name.endsWith('.lora_A.weight'))
    return Float32Array.from({ length: size }, () => normal() / Math.sqrt(3 * inputs));
  if (name.endsWith('shift_taps.weight')) {
    return Float32Array.from({ length: size }, (_, i) => (i < inputs ? 1 : taps * normal()));
  }
  if (/(embed_tokens|lm_head)\.weight$/u.test(name))
    return Float32Array.from({ length: size }, () => embedding * normal());
  const intoResidual = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight');
  const deviation = projection / Math.sqrt(inputs * (intoResidual ? 2 * layerCount : 1));
  return Float32Array.from({ length: size }, () => deviation * normal());
}
