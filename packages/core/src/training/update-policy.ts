import type { LossMetrics, OptimizerMetrics, TrainingBatch } from '../contract/index.js';
import { TurnwiseError } from '../errors/index.js';
import { learningRateOfStep } from './learning-rate.js';
import { updateMetrics, type Metrics } from './step-metrics.js';
import type { TrainingParts, TrainingSettings } from './training-settings.js';

/**
 * Makes `training.epochs` updates on one batch. A loss that is not finite ends the run before the optimiser is asked; a
 * gradient norm that is not finite after it was, and a policy applies no such gradient. The first update therefore
 * leaves the weights as they were; a later one keeps those before it, and the last checkpoint is intact either way.
 *
 * @param batch `null`: there is nothing to learn from, so no update is made and its metrics are zero
 * @param beforeWeights called before each time the weights may change
 * @throws RUN_NOT_FINITE
 */
export async function updatePolicy(
  { policy }: TrainingParts,
  { training, objective }: TrainingSettings,
  batch: TrainingBatch | null,
  step: number,
  signal: AbortSignal,
  beforeWeights: () => void,
): Promise<Metrics> {
  const losses: LossMetrics[] = [];
  const updates: OptimizerMetrics[] = [];
  const learningRate = learningRateOfStep(training, step);
  const { epochs, weightDecay, maxGradientNorm } = training;
  for (let epoch = 1; batch !== null && epoch <= epochs; epoch++) {
    signal.throwIfAborted();
    const loss = await policy.forwardBackward(batch, objective);
    assertFinite('loss', loss.loss, step, epoch);
    beforeWeights();
    const update = await policy.optimStep({ learningRate, weightDecay, maxGradientNorm });
    assertFinite('gradient norm', update.gradientNorm, step, epoch);
    losses.push(loss);
    updates.push(update);
  }
  return updateMetrics(losses, updates);
}

function assertFinite(what: string, value: number, step: number, epoch: number): void {
  if (Number.isFinite(value)) return;
  const message =
    epoch === 1
      ? `The ${what} of step ${step} is ${value}; the weights were not changed.`
      : `The ${what} of update ${epoch} of step ${step} is ${value}; only the updates before it were made.`;
  throw new TurnwiseError('RUN_NOT_FINITE', message, {
    hint: 'Lower training.learningRate, or set training.maxGradientNorm; the last checkpoint is intact.',
  });
}
