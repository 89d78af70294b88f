import type { Engine } from '../engine.js';
import { randomBatch } from './small-models.js';

const batchOf = (engine: Engine, seed = 3) => randomBatch(engine.config, [5, 30, 17], seed);

/** Log-probabilities of one batch, always the same. */
export const scores = (engine: Engine): Float32Array => engine.score(batchOf(engine)).logprobs;

/** All weights by name. */
export const stored = (engine: Engine): [string, Float32Array][] =>
  engine.parameters().map(({ name }) => [name, engine.readParameter(name)]);

/** One update on the batch of a seed. */
export function step(engine: Engine, seed: number): void {
  const batch = batchOf(engine, seed);
  engine.zeroGradients();
  engine.forward(batch);
  engine.backward({ logprobs: new Float32Array(batch.scored.length).fill(-0.1) });
  engine.optimizerStep({ learningRate: 0.01 });
}

/** Everything that an engine of `trainable: false` refuses. */
export function usesOfTraining(engine: Engine): (() => unknown)[] {
  const batch = batchOf(engine);
  const gradient = { logprobs: new Float32Array(batch.scored.length) };
  return [
    () => engine.backward((engine.forward(batch), gradient)),
    () => engine.zeroGradients(),
    () => engine.optimizerStep({ learningRate: 1 }),
    () => engine.optimizerState(),
  ];
}
