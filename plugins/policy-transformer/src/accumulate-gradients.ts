import type { LossMetrics, Objective, TrainingBatch } from '@turnwise/core';
import type { Engine } from '@turnwise/engine';
import { flatLength, readGradients } from './flat-parameters.js';
import { GradientSum } from './gradient-sum.js';
import { differentiate, lossMetrics, planUpdate } from './micro-batch-loss.js';

/**
 * Adds the gradient of the objective over a whole batch to the engine's gradients, micro-batch by micro-batch on this
 * thread. When something throws, the engine's gradients are as before the call.
 *
 * @param reference the policy before training; needed when the KL term refers to it
 */
export function accumulateGradients(
  engine: Engine,
  reference: Engine | null,
  batch: TrainingBatch,
  objective: Objective,
  microBatchTokens: number,
): LossMetrics {
  const { terms, microBatches } = planUpdate(batch, objective, microBatchTokens);
  const sum = new GradientSum(engine);
  const own = new Float32Array(flatLength(engine.trainedParameters()));
  try {
    const losses = microBatches.map((sequences) => {
      engine.zeroGradients();
      const loss = differentiate(engine, reference, sequences, terms);
      readGradients(engine, own);
      sum.add(own);
      return loss;
    });
    sum.finish();
    return lossMetrics(terms, losses);
  } catch (error) {
    sum.undo();
    throw error;
  }
}
