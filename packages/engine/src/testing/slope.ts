import type { Engine, PackedBatch } from '../engine.js';
import type { randomLoss } from './model-kinds.js';
import { referenceScores, type ReferenceWeights } from './reference-transformer.js';
import { uniforms } from './small-models.js';

const STEP = 1e-5;

/** How steep a loss is along one direction through all trained parameters at once. */
export interface Slopes {
  /** By the engine's gradients. */
  readonly engine: number;
  /** By central differences of the reference. */
  readonly reference: number;
  /** Norms of the gradients of all tensors, added up: what the two may differ by a small share of. */
  readonly size: number;
  /** The least norm of a tensor's gradient. */
  readonly leastNorm: number;
}

/**
 * Compares the gradients that lie in the engine with the double-precision reference. The direction is of about the same
 * length in each tensor, towards its gradient and aside.
 *
 * @param trained the trained parameters, in double precision
 * @param weightsOf the weights of the reference for such parameters
 */
export function slopes(
  engine: Engine,
  batch: PackedBatch,
  loss: ReturnType<typeof randomLoss>,
  temperature: number,
  trained: ReferenceWeights,
  weightsOf: (trained: ReferenceWeights) => ReferenceWeights,
): Slopes {
  const uniform = uniforms(3);
  const directions: ReferenceWeights = new Map();
  const norms: number[] = [];
  let along = 0;
  for (const { name } of engine.trainedParameters()) {
    const gradient = engine.readGradient(name);
    const norm = Math.hypot(...gradient);
    const aside = (): number => (uniform() < 0.5 ? -1 : 1) / Math.sqrt(gradient.length);
    const direction = Float64Array.from(gradient, (g) => g / norm + aside());
    directions.set(name, direction);
    along += gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? NaN), 0);
    norms.push(norm);
  }
  const at = (step: number): number => {
    const moved = [...trained].map(([name, values]) => {
      return [name, values.map((value, i) => value + step * (directions.get(name)?.[i] ?? NaN))] as const;
    });
    return referenceLoss(engine, weightsOf(new Map(moved)), batch, loss, temperature);
  };
  return {
    engine: along,
    reference: (at(STEP) - at(-STEP)) / (2 * STEP),
    size: norms.reduce((sum, norm) => sum + norm, 0),
    leastNorm: Math.min(...norms),
  };
}

/** The loss of `randomLoss` by the reference. */
export function referenceLoss(
  { config }: Engine,
  weights: ReferenceWeights,
  batch: PackedBatch,
  loss: ReturnType<typeof randomLoss>,
  temperature: number,
): number {
  const { logprobs, entropies } = referenceScores(config, weights, batch, temperature);
  const weigh = (values: readonly number[], by: Float32Array): number =>
    values.reduce((sum, value, i) => sum + value * (by[i] ?? NaN), 0);
  return weigh(logprobs, loss.logprobs) + weigh(entropies, loss.entropies);
}
