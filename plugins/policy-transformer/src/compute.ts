import type { LossMetrics, Objective, Sample, SampleRequest, ScoreRequest, TrainingBatch } from '@turnwise/core';
import type { Checkpoint, Engine } from '@turnwise/engine';
import { GradientAccumulator } from './accumulate-gradients.js';
import { ContinuousBatch } from './continuous-batch.js';
import { scoreRequests } from './score-requests.js';
import type { TransformerOptions } from './transformer-options.js';

/** Where a policy's engine is put to work: on this thread, or on several. The results are the same to the bit. */
export interface Compute {
  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample>;
  release(trajectoryId: string): void;
  score(requests: readonly ScoreRequest[]): Promise<(Float32Array | null)[]>;
  /** Adds to the engine's gradients; when it rejects they are as before. */
  accumulate(batch: TrainingBatch, objective: Objective, reference: Engine | null): Promise<LossMetrics>;
  /** To be awaited after every change of the engine's weights. */
  weightsChanged(): Promise<void>;
  close(): Promise<void>;
}

/** Everything on this thread. */
export class LocalCompute implements Compute {
  private readonly batch: ContinuousBatch;
  private readonly engine: Engine;
  private readonly decoder: ReturnType<Engine['openDecoder']>;
  private gradients: GradientAccumulator | null = null;

  constructor(
    { engine, tokenizer, documents }: Checkpoint,
    private readonly options: TransformerOptions,
  ) {
    this.engine = engine;
    this.decoder = engine.openDecoder({ slots: options.slots });
    this.batch = new ContinuousBatch(this.decoder, tokenizer, {
      vocabularySize: engine.config.vocabularySize,
      maxTokensPerStep: options.tokensPerStep,
      endTokens: new Set(documents?.endTokens),
      topK: options.topK,
    });
  }

  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    return this.batch.sample(request, signal);
  }

  release(trajectoryId: string): void {
    this.batch.release(trajectoryId);
  }

  async score(requests: readonly ScoreRequest[]): Promise<(Float32Array | null)[]> {
    return Promise.resolve(scoreRequests(this.engine, requests, this.options.microBatchTokens));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  async accumulate(batch: TrainingBatch, objective: Objective, reference: Engine | null): Promise<LossMetrics> {
    this.gradients ??= new GradientAccumulator(this.engine);
    return this.gradients.accumulate(reference, batch, objective, this.options.microBatchTokens);
  }

  weightsChanged(): Promise<void> {
    this.batch.invalidate();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.decoder.close();
    return Promise.resolve();
  }
}
