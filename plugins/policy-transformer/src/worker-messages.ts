import type { Sample, ScoreRequest, TrainingSequence } from '@turnwise/core';
import type { LoraConfig, RelaxedSimd, Tokenizer, TransformerConfig } from '@turnwise/engine';
import type { SamplingRequest } from './continuous-batch.js';
import type { MicroBatchLoss, UpdateTerms } from './micro-batch-loss.js';

/** What a worker thread needs to become a copy of the policy. */
export interface WorkerSetup {
  readonly config: TransformerConfig;
  readonly lora: LoraConfig | null;
  readonly recompute: boolean;
  readonly relaxedSimd: RelaxedSimd;
  readonly memoryLimitBytes: number;
  readonly tokenizer: Tokenizer['json'];
  readonly endTokens: readonly number[];
  readonly topK: number | undefined;
  /** Slots of this worker's decoder. */
  readonly slots: number;
  readonly tokensPerStep: number;
  /** See `SharedParameters`. */
  readonly parameters: SharedArrayBuffer;
  /** Where gradients are left: one run of floats for each micro-batch that may be under way. */
  readonly gradients: readonly SharedArrayBuffer[];
}

/** What a worker is asked; each is answered once, in any order. */
export type WorkerRequest =
  | { readonly kind: 'sample'; readonly request: SamplingRequest }
  /** Computes a micro-batch from zero and leaves its gradient in `gradients[buffer]`. */
  | {
      readonly kind: 'differentiate';
      readonly sequences: readonly TrainingSequence[];
      readonly terms: UpdateTerms;
      readonly buffer: number;
    }
  | { readonly kind: 'score'; readonly requests: readonly ScoreRequest[]; readonly maxTokens: number }
  /** Reads the trained parameters anew and forgets cached keys and values. */
  | { readonly kind: 'refresh' }
  /** Parameters of the policy before training. */
  | { readonly kind: 'reference'; readonly parameters: SharedArrayBuffer };

export interface WorkerAnswers {
  readonly sample: Sample;
  readonly differentiate: MicroBatchLoss;
  readonly score: (Float32Array | null)[];
  readonly refresh: null;
  readonly reference: null;
}

/** What goes to a worker. */
export type ToWorker =
  { readonly id: number; readonly request: WorkerRequest } | { readonly abort: number } | { readonly release: string };

/** What comes from a worker. */
export type FromWorker =
  | { readonly ready: true }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: unknown };
