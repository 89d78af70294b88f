import type { OptimizerState, OptimizerStepOptions, OptimizerStepResult } from '../engine.js';
import { requireOptimizerOptions } from '../optimizer.js';
import type { Tensor, TensorFlow, Variable } from './tensorflow.js';

/** One parameter with its gradient and moments, all on the device. */
export interface TfjsParameter {
  readonly name: string;
  readonly weight: Variable;
  gradient: Tensor;
  firstMoment: Tensor;
  secondMoment: Tensor;
  /** Whether weight decay applies: projections and embeddings, not norms, biases and taps. */
  readonly decayed: boolean;
}

/** AdamW over parameters on the device, with clipping by the global norm. */
export class TfjsOptimizer {
  private steps = 0;

  constructor(
    private readonly tf: TensorFlow,
    /** What is trained; null when nothing is. */
    private readonly trained: readonly TfjsParameter[] | null,
  ) {}

  private get parameters(): readonly TfjsParameter[] {
    if (this.trained === null) throw new Error('an engine that was made with trainable: false cannot be trained');
    return this.trained;
  }

  gradientNorm(): number {
    const { tf } = this;
    const total = tf.tidy(() =>
      this.parameters.map(({ gradient }) => tf.sum(tf.square(gradient))).reduce((sum, part) => tf.add(sum, part)),
    );
    const [squares = NaN] = total.dataSync();
    total.dispose();
    return Math.sqrt(squares);
  }

  step(options: OptimizerStepOptions): OptimizerStepResult {
    const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm } = requireOptimizerOptions(options);
    const gradientNorm = this.gradientNorm();
    if (!Number.isFinite(gradientNorm)) return { gradientNorm, applied: false };
    const { tf } = this;
    this.steps++;
    const scale = maxGradientNorm !== null && gradientNorm > maxGradientNorm ? maxGradientNorm / gradientNorm : 1;
    const stepSize = learningRate / (1 - beta1 ** this.steps);
    const rootCorrection = 1 / Math.sqrt(1 - beta2 ** this.steps);
    for (const parameter of this.parameters) {
      const { weight, gradient, firstMoment, secondMoment, decayed } = parameter;
      const [first, second, moved] = tf.tidy(() => {
        const clipped = tf.mul(gradient, scale);
        const m = tf.add(tf.mul(firstMoment, beta1), tf.mul(clipped, 1 - beta1));
        const v = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(clipped), 1 - beta2));
        const direction = tf.div(tf.mul(m, stepSize), tf.add(tf.mul(tf.sqrt(v), rootCorrection), epsilon));
        const kept = decayed ? tf.mul(weight, 1 - learningRate * weightDecay) : weight;
        return [m, v, tf.sub(kept, direction)] as [Tensor, Tensor, Tensor];
      });
      weight.assign(moved);
      tf.dispose([firstMoment, secondMoment, moved]);
      parameter.firstMoment = first;
      parameter.secondMoment = second;
    }
    return { gradientNorm, applied: true };
  }

  state(): OptimizerState {
    const moments = new Map<string, Float32Array>();
    for (const { name, firstMoment, secondMoment } of this.parameters) {
      moments.set(`exp_avg.${name}`, (firstMoment.dataSync() as Float32Array).slice());
      moments.set(`exp_avg_sq.${name}`, (secondMoment.dataSync() as Float32Array).slice());
    }
    return { step: this.steps, moments };
  }

  restore({ step, moments }: OptimizerState): void {
    if (!Number.isInteger(step) || step < 0) {
      throw new Error(`the optimizer's step must be a whole number, got ${step}`);
    }
    const find = (name: string, size: number): Float32Array => {
      const values = moments.get(name);
      if (!values) throw new Error(`the optimizer's state lacks '${name}'`);
      if (values.length !== size) throw new Error(`'${name}' holds ${size} values, got ${values.length}`);
      return values;
    };
    const found = this.parameters.map(({ name, weight }) => ({
      first: find(`exp_avg.${name}`, weight.size),
      second: find(`exp_avg_sq.${name}`, weight.size),
    }));
    if (moments.size !== 2 * this.parameters.length) {
      const known = new Set(this.parameters.flatMap(({ name }) => [`exp_avg.${name}`, `exp_avg_sq.${name}`]));
      const foreign = [...moments.keys()].find((name) => !known.has(name));
      throw new Error(`the optimizer's state has '${foreign}', which this model does not`);
    }
    this.parameters.forEach((parameter, index) => {
      const { first, second } = found[index] as { first: Float32Array; second: Float32Array };
      this.tf.dispose([parameter.firstMoment, parameter.secondMoment]);
      parameter.firstMoment = this.tf.tensor(first, parameter.weight.shape);
      parameter.secondMoment = this.tf.tensor(second, parameter.weight.shape);
    });
    this.steps = step;
  }
}
