import type { LossMetrics, Objective, TrainingBatch } from '@turnwise/core';
import type { Engine } from '@turnwise/engine';
import { flatLength, readGradients, writeGradients } from './flat-parameters.js';
import { GradientSum } from './gradient-sum.js';
import { differentiate, lossMetrics, planUpdate } from './micro-batch-loss.js';

/** Adds the gradients of objectives to an engine's on this thread, with memory that it keeps from update to update. */
export class GradientAccumulator {
  private readonly sum: GradientSum;
  /** The engine's gradient before an update, and that of one micro-batch. */
  private readonly before: Float32Array;
  private readonly own: Float32Array;

  constructor(private readonly engine: Engine) {
    const length = flatLength(engine.trainedParameters());
    this.sum = new GradientSum(engine);
    this.before = new Float32Array(length);
    this.own = new Float32Array(length);
  }

  /**
   * Adds the gradient of the objective over a whole batch to the engine's gradients, micro-batch by micro-batch. When
   * something throws, the engine's gradients are as before the call.
   *
   * @param reference the policy before training; needed when the KL term refers to it
   */
  accumulate(
    reference: Engine | null,
    batch: TrainingBatch,
    objective: Objective,
    microBatchTokens: number,
  ): LossMetrics {
    const { engine, sum, before, own } = this;
    const { terms, microBatches } = planUpdate(batch, objective, microBatchTokens);
    readGradients(engine, before);
    try {
      sum.begin();
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
      writeGradients(engine, before);
      throw error;
    }
  }
}
