import type { OptimizerState, OptimizerStepOptions, OptimizerStepResult } from './engine.js';
import type { ModelMemory } from './model-memory.js';
import type { TrainedParameters } from './trained-parameters.js';

/** AdamW over a model's memory, with clipping by the global norm. */
export class Optimizer {
  private steps = 0;

  constructor(private readonly model: ModelMemory) {}

  gradientNorm(): number {
    const { gradients, size } = this.trained();
    return Math.sqrt(this.model.kernels.sumOfSquares(gradients, size));
  }

  step(options: OptimizerStepOptions): OptimizerStepResult {
    const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm } = requireOptimizerOptions(options);
    const { ranges, weights, gradients } = this.trained();
    const { first, second } = this.moments();
    const gradientNorm = this.gradientNorm();
    if (!Number.isFinite(gradientNorm)) return { gradientNorm, applied: false };

    const { kernels } = this.model;
    this.steps++;
    const scale = maxGradientNorm !== null && gradientNorm > maxGradientNorm ? maxGradientNorm / gradientNorm : 1;
    const stepSize = learningRate / (1 - beta1 ** this.steps);
    const rootCorrection = 1 / Math.sqrt(1 - beta2 ** this.steps);
    for (const { offset, length, decayed } of ranges) {
      const at = offset * 4;
      const decay = decayed ? learningRate * weightDecay : 0;
      kernels.adamw(
        weights + at,
        gradients + at,
        first + at,
        second + at,
        length,
        scale,
        beta1,
        beta2,
        1 - beta1,
        1 - beta2,
        stepSize,
        rootCorrection,
        epsilon,
        decay,
      );
    }
    this.model.version++;
    return { gradientNorm, applied: true };
  }

  state(): OptimizerState {
    const { model } = this;
    const moments = new Map<string, Float32Array>();
    const { tensors } = this.trained();
    const { first, second } = this.moments();
    for (const place of tensors.values()) {
      moments.set(`exp_avg.${place.name}`, model.readTensor(first, place));
      moments.set(`exp_avg_sq.${place.name}`, model.readTensor(second, place));
    }
    return { step: this.steps, moments };
  }

  restore({ step, moments }: OptimizerState): void {
    const { model } = this;
    if (!Number.isInteger(step) || step < 0)
      throw new Error(`the optimizer's step must be a whole number, got ${step}`);
    const { tensors } = this.trained();
    const { first, second } = this.moments();
    const runs = { exp_avg: first, exp_avg_sq: second };
    const writes: (() => void)[] = [];
    for (const place of tensors.values()) {
      for (const [prefix, run] of Object.entries(runs)) {
        const name = `${prefix}.${place.name}`;
        const values = moments.get(name);
        if (!values) throw new Error(`the optimizer's state lacks '${name}'`);
        const expected = place.rows * place.columns;
        if (values.length !== expected) throw new Error(`'${name}' holds ${expected} values, got ${values.length}`);
        writes.push(() => model.writeTensor(run, place, values));
      }
    }
    if (moments.size !== writes.length) {
      const known = new Set([...tensors.keys()].flatMap((name) => Object.keys(runs).map((p) => `${p}.${name}`)));
      const foreign = [...moments.keys()].find((name) => !known.has(name));
      throw new Error(`the optimizer's state has '${foreign}', which this model does not`);
    }
    for (const write of writes) write();
    this.steps = step;
  }

  private trained(): TrainedParameters {
    if (this.model.trained === null) throw new Error('an engine that was made with trainable: false cannot be trained');
    return this.model.trained;
  }

  private moments(): NonNullable<TrainedParameters['moments']> {
    const { moments } = this.trained();
    if (moments === null) throw new Error('an engine that was made with optimizer: false cannot be stepped');
    return moments;
  }
}

/** The options of a step with their defaults. Throws an Error that names the one out of range. */
export function requireOptimizerOptions({
  learningRate,
  beta1 = 0.9,
  beta2 = 0.95,
  epsilon = 1e-8,
  weightDecay = 0,
  maxGradientNorm = 1,
}: OptimizerStepOptions): Required<OptimizerStepOptions> {
  requireRange('learningRate', learningRate, 0, Infinity);
  requireRange('beta1', beta1, 0, 1);
  requireRange('beta2', beta2, 0, 1);
  requireRange('epsilon', epsilon, Number.MIN_VALUE, Infinity);
  requireRange('weightDecay', weightDecay, 0, Infinity);
  if (maxGradientNorm !== null) requireRange('maxGradientNorm', maxGradientNorm, Number.MIN_VALUE, Infinity);
  return { learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm };
}

function requireRange(name: string, value: number, least: number, below: number): void {
  if (!(value >= least && value < below)) {
    throw new Error(`${name} must be at least ${least} and below ${below}, got ${value}`);
  }
}
