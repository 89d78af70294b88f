import { validateBatch } from '../batch-plan.js';
import { checkBackward, checkTemperature, emptyScores } from '../check-scoring.js';
import type {
  Decoder,
  DecoderOptions,
  Engine,
  OptimizerState,
  OptimizerStepOptions,
  OptimizerStepResult,
  PackedBatch,
  ParameterTensor,
  ScoredGradient,
  ScoredTokens,
  ScoringOptions,
} from '../engine.js';
import type { Initialization } from '../initialization.js';
import type { LoraConfig } from '../lora.js';
import type { TrainedPart } from '../model-memory.js';
import { validateConfig, type TransformerConfig } from '../transformer-config.js';
import { batchGrids, type BatchGrid } from './batch-grids.js';
import type { Tensor1D, TensorFlow } from './tensorflow.js';
import { TfjsDecoder } from './tfjs-decoder.js';
import { TfjsOptimizer } from './tfjs-optimizer.js';
import { copied, read, TfjsParameters } from './tfjs-parameters.js';
import { TfjsTransformer } from './transformer.js';

interface PendingBatch {
  readonly grids: readonly BatchGrid[];
  readonly temperature: number;
  readonly scored: number;
  readonly version: number;
}

/**
 * The model on TensorFlow.js: the same weights, batches and numbers as the embedded engine up to rounding, on whatever
 * device the module computes. `forward` keeps no activations; `backward` computes them again, rectangle by rectangle, so
 * that memory does not grow with the batch.
 */
export class TfjsEngine implements Engine {
  readonly name: string;
  readonly lora: LoraConfig | null;
  private readonly tensors: TfjsParameters;
  private readonly model: TfjsTransformer;
  private readonly optimizer: TfjsOptimizer;
  private pending: PendingBatch | null = null;
  private version = 0;

  constructor(
    private readonly tf: TensorFlow,
    readonly config: TransformerConfig,
    seed: number,
    initialization: Initialization,
    training: TrainedPart = { lora: null, trainable: true },
  ) {
    validateConfig(config);
    this.name = `tfjs (${tf.getBackend()})`;
    this.lora = training.lora;
    this.tensors = new TfjsParameters(tf, config, seed, initialization, training);
    const { weights, adapters, trained } = this.tensors;
    this.model = new TfjsTransformer(tf, config, weights, adapters);
    this.optimizer = new TfjsOptimizer(tf, trained === null ? null : [...trained.values()]);
  }

  parameters(): readonly ParameterTensor[] {
    return this.tensors.list('weights');
  }

  trainedParameters(): readonly ParameterTensor[] {
    return this.tensors.list('trained');
  }

  readMergedParameter(name: string): Float32Array {
    return this.tensors.readMerged(name);
  }

  readParameter(name: string, into?: Float32Array): Float32Array {
    return copied(name, read(this.tensors.variableOf(name)), into);
  }

  writeParameter(name: string, values: Float32Array): void {
    this.tensors.write(name, values);
    this.version++;
  }

  readGradient(name: string, into?: Float32Array): Float32Array {
    return copied(name, this.tensors.readGradient(name), into);
  }

  writeGradient(name: string, values: Float32Array): void {
    this.tensors.writeGradient(name, values);
  }

  forward(batch: PackedBatch, options: ScoringOptions = {}): ScoredTokens {
    const { grids, temperature } = this.prepare(batch, options);
    const scores = this.scoreGrids(grids, temperature, batch.scored.length);
    this.pending = { grids, temperature, scored: batch.scored.length, version: this.version };
    return scores;
  }

  score(batch: PackedBatch, options: ScoringOptions = {}): ScoredTokens {
    const { grids, temperature } = this.prepare(batch, options);
    return this.scoreGrids(grids, temperature, batch.scored.length);
  }

  backward(gradient: ScoredGradient): void {
    const { pending, tf } = this;
    checkBackward(pending, this.version, ({ scored }) => scored, gradient);
    const { trained } = this.tensors;
    if (trained === null) throw new Error('an engine that was made with trainable: false has no backward pass');
    this.pending = null;
    const variables = [...trained.values()].map(({ weight }) => weight);
    for (const grid of pending.grids) {
      const picked = (values: Float32Array): Tensor1D =>
        tf.tensor1d(Float32Array.from(grid.places, (place) => values[place] ?? 0));
      const { value, grads } = tf.variableGrads(() => {
        const { logprobs, entropies } = this.scores(grid, pending.temperature);
        const fromLogprobs = tf.sum(tf.mul(logprobs, picked(gradient.logprobs)));
        if (!gradient.entropies) return fromLogprobs.asScalar();
        return tf.add(fromLogprobs, tf.sum(tf.mul(entropies, picked(gradient.entropies)))).asScalar();
      }, variables);
      value.dispose();
      for (const parameter of trained.values()) {
        const own = grads[parameter.weight.name];
        if (!own) throw new Error(`no gradient of '${parameter.name}'`);
        const sum = tf.add(parameter.gradient, own);
        tf.dispose([parameter.gradient, own]);
        parameter.gradient = sum;
      }
    }
  }

  zeroGradients(): void {
    const { trained } = this.tensors;
    if (trained === null) throw new Error('an engine that was made with trainable: false cannot be trained');
    for (const parameter of trained.values()) {
      parameter.gradient.dispose();
      parameter.gradient = this.tf.zeros(parameter.weight.shape);
    }
  }

  gradientNorm(): number {
    return this.optimizer.gradientNorm();
  }

  optimizerStep(options: OptimizerStepOptions): OptimizerStepResult {
    const result = this.optimizer.step(options);
    if (result.applied) this.version++;
    return result;
  }

  optimizerState(): OptimizerState {
    return this.optimizer.state();
  }

  restoreOptimizer(state: OptimizerState): void {
    this.optimizer.restore(state);
  }

  openDecoder({ slots }: DecoderOptions): Decoder {
    return new TfjsDecoder(this.tf, this.config, this.model, slots, () => this.version);
  }

  /** Frees everything on the device. The engine cannot be used afterwards. */
  dispose(): void {
    this.model.dispose();
    this.tensors.dispose();
  }

  private prepare(batch: PackedBatch, { temperature = 1 }: ScoringOptions): Omit<PendingBatch, 'scored' | 'version'> {
    validateBatch(batch, this.config);
    checkTemperature(temperature);
    this.pending = null;
    return { grids: batchGrids(batch, this.config.shiftTaps), temperature };
  }

  private scoreGrids(grids: readonly BatchGrid[], temperature: number, count: number): ScoredTokens {
    const result = emptyScores(count);
    for (const grid of grids) {
      const computed = this.tf.tidy(() => {
        const { logprobs, entropies } = this.scores(grid, temperature);
        return this.tf.stack([logprobs, entropies]);
      });
      const values = computed.dataSync();
      computed.dispose();
      const { length } = grid.places;
      grid.places.forEach((place, index) => {
        result.logprobs[place] = values[index] ?? NaN;
        result.entropies[place] = values[length + index] ?? NaN;
      });
    }
    return result;
  }

  private scores(
    { grid, predicting, targets }: BatchGrid,
    temperature: number,
  ): { logprobs: Tensor1D; entropies: Tensor1D } {
    const { tf, model } = this;
    const states = model.rows(model.states(grid, null), predicting);
    const logs = tf.logSoftmax(tf.mul(model.logits(states), 1 / temperature));
    const chosen = tf.oneHot(tf.tensor1d(targets, 'int32'), this.config.vocabularySize);
    return {
      logprobs: tf.sum(tf.mul(logs, chosen.cast('float32')), -1),
      entropies: tf.neg(tf.sum(tf.mul(tf.exp(logs), logs), -1)),
    };
  }
}
