import type { LoraConfig } from './lora.js';
import type { TransformerConfig } from './transformer-config.js';

/** Sequences laid end to end without padding. */
export interface PackedBatch {
  /** Token ids of all sequences, each in [0, vocabularySize). */
  readonly tokens: Int32Array;
  /** First position of each sequence, then tokens.length: n + 1 strictly ascending values starting with 0. */
  readonly offsets: Int32Array;
  /**
   * Strictly ascending positions p in `tokens` to score: how probable is tokens[p] given the tokens before it in its
   * sequence. Never a sequence's first token. Only these pay for the vocabulary head.
   */
  readonly scored: Int32Array;
}

/** What the model says of each scored position, in the order of `PackedBatch.scored`. */
export interface ScoredTokens {
  /** Log-probability (nats) of the token under softmax(logits / temperature). */
  readonly logprobs: Float32Array;
  /** Entropy (nats) of softmax(logits / temperature). */
  readonly entropies: Float32Array;
}

/** Gradient of a scalar loss with respect to the numbers in `ScoredTokens`, of the same lengths. */
export interface ScoredGradient {
  readonly logprobs: Float32Array;
  /** Absent means zero. */
  readonly entropies?: Float32Array;
}

export interface ScoringOptions {
  /** Divides the logits; finite and above 0. Default 1. */
  readonly temperature?: number;
}

/** One AdamW step: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization". */
export interface OptimizerStepOptions {
  readonly learningRate: number;
  /** Decay of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment. Default 0.95, which forgets in 20 steps: reinforcement learning runs are short. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Applied to the embedding and the projections, not to norms and shift taps. Default 0. */
  readonly weightDecay?: number;
  /** Gradients are scaled down to this global L2 norm when above it; null never scales. Default 1. */
  readonly maxGradientNorm?: number | null;
}

export interface OptimizerStepResult {
  /** Global L2 norm of the gradients before clipping. */
  readonly gradientNorm: number;
  /** False when the norm was not finite: weights, moments and the step count are then as before. */
  readonly applied: boolean;
}

export interface OptimizerState {
  /** Steps applied so far. */
  readonly step: number;
  /** `exp_avg.<parameter>` and `exp_avg_sq.<parameter>`, in the parameter's shape. */
  readonly moments: ReadonlyMap<string, Float32Array>;
}

export interface ParameterTensor {
  /** Hugging Face name, e.g. model.layers.0.self_attn.q_proj.weight. */
  readonly name: string;
  /** Row-major; a projection is [outputs, inputs]. */
  readonly shape: readonly number[];
}

/**
 * A transformer that can be scored, differentiated, updated and sampled from. Single-threaded: a call computes before
 * it returns.
 *
 * On the embedded engine the numbers a sequence gets (log-probabilities, entropies, logits) do not depend, to the bit, on
 * what else is in the batch, nor on whether they come from `forward`, `score` or a decoder's cache. On TensorFlow.js they
 * do up to rounding.
 */
export interface Engine {
  readonly name: string;
  readonly config: TransformerConfig;
  /** The adapters that are trained on frozen weights; null when the weights themselves are, or nothing is. */
  readonly lora: LoraConfig | null;
  /** Most bytes of memory it has taken so far, on engines that can tell. */
  readonly peakMemoryBytes?: number;

  /** The weights, without adapters. */
  parameters(): readonly ParameterTensor[];
  /** What the optimizer moves: the weights; with adapters those alone, `<projection>.lora_A.weight` and `lora_B`. */
  trainedParameters(): readonly ParameterTensor[];
  /**
   * A weight as it is stored or an adapter: a copy, or written to `into`, which is then returned. Throws on an unknown
   * name, and on a wrong length of `into`.
   */
  readParameter(name: string, into?: Float32Array): Float32Array;
  /** A copy of a weight with its adapters added: what it acts as. Throws on an unknown name. */
  readMergedParameter(name: string): Float32Array;
  /** Makes every open decoder stale. Throws on an unknown name or a wrong length. */
  writeParameter(name: string, values: Float32Array): void;
  /** The gradient accumulated so far, as `readParameter`. Throws on a name that is not of `trainedParameters`. */
  readGradient(name: string, into?: Float32Array): Float32Array;
  /** Replaces the gradient accumulated so far: what was summed elsewhere. Throws as `readGradient`, and on a wrong length. */
  writeGradient(name: string, values: Float32Array): void;

  /**
   * Scores a batch and keeps what ONE `backward` needs, until that call, another `forward`, or a change of weights.
   * Throws before computing anything on a malformed batch, a token outside the vocabulary, a sequence longer than
   * contextLength, or a batch too large for the memory limit.
   */
  forward(batch: PackedBatch, options?: ScoringOptions): ScoredTokens;
  /** ADDS the gradients of the parameters. Throws unless a `forward` with unchanged weights came before. */
  backward(gradient: ScoredGradient): void;
  /** The same numbers as `forward`, without keeping activations; memory does not grow with the batch. */
  score(batch: PackedBatch, options?: ScoringOptions): ScoredTokens;

  zeroGradients(): void;
  /** Global L2 norm of the accumulated gradients. */
  gradientNorm(): number;
  /** Updates the weights from the accumulated gradients, which stay: call `zeroGradients` before the next batch. */
  optimizerStep(options: OptimizerStepOptions): OptimizerStepResult;
  optimizerState(): OptimizerState;
  /** Throws, changing nothing, on a missing or foreign moment or a wrong length. */
  restoreOptimizer(state: OptimizerState): void;

  openDecoder(options: DecoderOptions): Decoder;

  /** Frees what no garbage collector does, such as memory of a device; further calls fail. Absent where there is none. */
  dispose?(): void;
}

export interface DecoderOptions {
  /** Sequences held at once, at least 1. Memory is slots * contextLength * layers * 2 * key-value width * 4 bytes. */
  readonly slots: number;
}

/**
 * Keys and values of many sequences, so that appending a token costs one token. Logits equal those of a full pass over
 * the same tokens to the bit.
 *
 * A change of weights makes the cached keys stale: `extend` on a slot that still holds tokens from before throws until
 * it is truncated to 0.
 */
export interface Decoder {
  readonly slots: number;
  /**
   * Appends tokens to each item's slot in one batched pass and returns logits [items, vocabularySize] at each item's last
   * token: a new array, or the beginning of `into`, which spares a step its megabyte of garbage. A slot appears at most
   * once. Throws, changing nothing, on a bad slot or token, no tokens, more than contextLength tokens, or too short an
   * `into`.
   */
  extend(items: readonly DecoderItem[], into?: Float32Array): Float32Array;
  /** Tokens held in the slot. */
  length(slot: number): number;
  /** Forgets the slot's tokens from `length` on; 0 empties it. */
  truncate(slot: number, length: number): void;
  /**
   * Gives the empty slot `to` the first `length` tokens of slot `from` with their keys and values, as if it had computed
   * them: the same numbers to the bit. Throws, changing nothing, when `to` holds tokens, or `from` fewer or stale ones.
   */
  copyPrefix(from: number, to: number, length: number): void;
  /** Frees the memory; further calls throw. */
  close(): void;
}

export interface DecoderItem {
  readonly slot: number;
  readonly tokens: readonly number[];
}
