import { AdapterLayout } from '../adapter-layout.js';
import type { ParameterTensor } from '../engine.js';
import { initialValues, type Initialization } from '../initialization.js';
import { loraScale, validateLora, type LoraConfig } from '../lora.js';
import type { TrainedPart } from '../model-memory.js';
import { ParameterLayout, type ParameterRange, type TensorPlace } from '../parameter-layout.js';
import type { TransformerConfig } from '../transformer-config.js';
import type { Tensor, Tensor2D, TensorFlow, Variable } from './tensorflow.js';
import type { TfjsParameter } from './tfjs-optimizer.js';
import type { TfjsAdapters } from './transformer.js';

/** What the two layouts, of weights and of adapters, say alike. */
interface Layout {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  readonly ranges: readonly ParameterRange[];
}

/** A model's tensors on the device: its weights, adapters on them, and gradients and moments of what is trained. */
export class TfjsParameters {
  readonly weights: ReadonlyMap<string, Variable>;
  readonly adapters: TfjsAdapters | null;
  /** The weights, or the adapters alone; null when nothing is trained. */
  readonly trained: ReadonlyMap<string, TfjsParameter> | null;
  readonly lora: LoraConfig | null;

  constructor(
    private readonly tf: TensorFlow,
    config: TransformerConfig,
    seed: number,
    initialization: Initialization,
    { lora, trainable }: TrainedPart,
  ) {
    if (lora !== null) validateLora(lora);
    this.lora = lora;
    const base = new ParameterLayout(config);
    const variables = ({ tensors }: Layout): ReadonlyMap<string, Variable> =>
      new Map(
        [...tensors.values()].map((place) => [
          place.name,
          this.variable(place, initialValues(place, config.layerCount, seed, initialization)),
        ]),
      );
    this.weights = variables(base);
    const layout: Layout = lora === null ? base : new AdapterLayout(lora, base);
    this.adapters = lora === null ? null : { weights: variables(layout), scale: loraScale(lora) };
    this.trained = trainable ? this.train(this.adapters?.weights ?? this.weights, layout) : null;
  }

  list(which: 'weights' | 'trained'): readonly ParameterTensor[] {
    const variables =
      which === 'weights'
        ? this.weights
        : new Map([...(this.trained ?? [])].map(([name, { weight }]) => [name, weight]));
    return [...variables].map(([name, { shape }]) => ({ name, shape }));
  }

  /** A weight or an adapter. Throws on an unknown name. */
  variableOf(name: string): Variable {
    const variable = this.adapters?.weights.get(name) ?? this.weights.get(name);
    if (!variable) throw new Error(`unknown parameter '${name}'`);
    return variable;
  }

  /** W + scale B A for a projection with adapters, W for any other weight. */
  readMerged(name: string): Float32Array {
    const { tf, adapters } = this;
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`unknown parameter '${name}'`);
    const [a, b] = ['A', 'B'].map((letter) => adapters?.weights.get(name.replace(/weight$/u, `lora_${letter}.weight`)));
    if (!adapters || !a || !b) return read(weight);
    const merged = tf.tidy(() => tf.add(weight, tf.mul(tf.matMul(b as Tensor2D, a as Tensor2D), adapters.scale)));
    const values = read(merged);
    merged.dispose();
    return values;
  }

  readGradient(name: string): Float32Array {
    return read(this.trainedOne(name).gradient);
  }

  writeGradient(name: string, values: Float32Array): void {
    const parameter = this.trainedOne(name);
    const { gradient } = parameter;
    if (values.length !== gradient.size) {
      throw new Error(`'${name}' holds ${gradient.size} values (${gradient.shape.join(' x ')}), got ${values.length}`);
    }
    parameter.gradient = this.tf.tensor(values.slice(), gradient.shape);
    gradient.dispose();
  }

  write(name: string, values: Float32Array): void {
    const variable = this.variableOf(name);
    if (values.length !== variable.size) {
      throw new Error(`'${name}' holds ${variable.size} values (${variable.shape.join(' x ')}), got ${values.length}`);
    }
    const next = this.tf.tensor(values.slice(), variable.shape);
    variable.assign(next);
    next.dispose();
  }

  dispose(): void {
    for (const { gradient, firstMoment, secondMoment } of this.trained?.values() ?? []) {
      this.tf.dispose([gradient, firstMoment, secondMoment]);
    }
    this.tf.dispose([...this.weights.values(), ...(this.adapters?.weights.values() ?? [])]);
  }

  private trainedOne(name: string): TfjsParameter {
    this.variableOf(name);
    const parameter = this.trained?.get(name);
    if (!parameter) throw new Error(`'${name}' is not trained: it has no gradient`);
    return parameter;
  }

  private variable({ shape }: TensorPlace, values: Float32Array): Variable {
    const first = this.tf.tensor(values, [...shape]);
    const variable = this.tf.variable(first);
    first.dispose();
    return variable;
  }

  private train(variables: ReadonlyMap<string, Variable>, layout: Layout): ReadonlyMap<string, TfjsParameter> {
    const { tensors, ranges } = layout;
    const trained = [...variables].map(([name, weight]): [string, TfjsParameter] => {
      const offset = tensors.get(name)?.offset ?? NaN;
      const range = ranges.find((one) => offset >= one.offset && offset < one.offset + one.length);
      const zeros = (): Tensor => this.tf.zeros(weight.shape);
      const decayed = range?.decayed ?? false;
      return [name, { name, weight, gradient: zeros(), firstMoment: zeros(), secondMoment: zeros(), decayed }];
    });
    return new Map(trained);
  }
}

/** A copy of what is on the device. */
export function read(tensor: Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}

/** `values` themselves, or written to `into`. Throws on a wrong length of it. */
export function copied(name: string, values: Float32Array, into?: Float32Array): Float32Array {
  if (into === undefined) return values;
  if (into.length !== values.length) throw new Error(`'${name}' holds ${values.length} values, got ${into.length}`);
  into.set(values);
  return into;
}
