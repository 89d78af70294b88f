import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TurnwiseError, type LossMetrics, type Policy, type PluginContext, type TrainingBatch } from '@turnwise/core';
import type { Objective, OptimizerMetrics, OptimizerStep, Sample, SampleRequest, ScoreRequest } from '@turnwise/core';
import {
  EngineUnavailable,
  loadCheckpoint,
  loadOptimizer,
  saveCheckpoint,
  saveOptimizer,
  type Checkpoint,
  type Decoder,
  type Engine,
} from '@turnwise/engine';
import { ContinuousBatch } from './continuous-batch.js';
import { accumulateGradients } from './accumulate-gradients.js';
import { scoreRequests } from './score-requests.js';
import type { TransformerOptions } from './transformer-options.js';

/** Kinds of objective that `accumulateGradients` can differentiate: all of them. */
const objectives = ['ppo-clip', 'importance-sampling', 'cispo', 'gspo'] as const;

/** Loads the base checkpoint and returns the policy around it. */
export async function createTransformerPolicy(
  context: Pick<PluginContext, 'resolveAsset' | 'paths' | 'logger'>,
  options: TransformerOptions,
): Promise<Policy & AsyncDisposable> {
  const folder = context.resolveAsset(options.base) ?? resolve(context.paths.base, options.base);
  if (!existsSync(join(folder, 'config.json'))) {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no checkpoint at ${folder}.`, {
      where: `policy.with.base: ${JSON.stringify(options.base)}`,
      hint: 'Name a folder with config.json, model.safetensors and tokenizer.json, or `quickstart`.',
    });
  }
  const load = checkpointLoader(options, (message) => context.logger.info(message));
  return new TransformerPolicy(folder, await load(folder), load, options);
}

type LoadFolder = (folder: string) => Promise<Checkpoint>;

/** Loads checkpoints onto the engine of the options; which one that is, is said once. */
function checkpointLoader({ engine }: TransformerOptions, log: (message: string) => void): LoadFolder {
  let said = false;
  return async (folder) => {
    try {
      return await loadCheckpoint(folder, { engine, ...(said ? {} : { log }) });
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', error.message, {
        where: `policy.with.engine: ${JSON.stringify(engine)}`,
        hint: `${error.install}, or use engine: wasm.`,
        cause: error,
      });
    } finally {
      said = true;
    }
  };
}

class TransformerPolicy implements Policy, AsyncDisposable {
  readonly capabilities: Policy['capabilities'];
  readonly tokenizer: Policy['tokenizer'];
  private decoder: Decoder;
  private batch: ContinuousBatch;
  /** The policy as it was before training, loaded when an objective first asks for a KL term against it. */
  private reference: Engine | null = null;

  constructor(
    private readonly baseFolder: string,
    private checkpoint: Checkpoint,
    private readonly loadFolder: LoadFolder,
    private readonly options: TransformerOptions,
  ) {
    const { config } = checkpoint.engine;
    this.capabilities = {
      trainable: true,
      objectives,
      logprobs: true,
      maxContext: config.contextLength,
      importanceTruncation: true,
    };
    this.tokenizer = checkpoint.tokenizer;
    [this.decoder, this.batch] = this.openDecoder();
  }

  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    return this.batch.sample(request, signal);
  }

  release(trajectoryId: string): void {
    this.batch.release(trajectoryId);
  }

  score(requests: readonly ScoreRequest[]): Promise<readonly (Float32Array | null)[]> {
    return Promise.resolve(scoreRequests(this.checkpoint.engine, requests, this.options.microBatchTokens));
  }

  async forwardBackward(batch: TrainingBatch, objective: Objective): Promise<LossMetrics> {
    const { coefficient, reference } = objective.kl;
    if (coefficient !== 0 && reference === 'initial') {
      this.reference ??= (await this.loadFolder(this.baseFolder)).engine;
    }
    return accumulateGradients(this.checkpoint.engine, this.reference, batch, objective, this.options.microBatchTokens);
  }

  async optimStep(step: OptimizerStep): Promise<OptimizerMetrics> {
    const { engine } = this.checkpoint;
    const { beta1, beta2 } = this.options;
    const { gradientNorm } = engine.optimizerStep({ ...step, beta1, beta2 });
    engine.zeroGradients();
    this.batch.invalidate();
    return Promise.resolve({ gradientNorm });
  }

  async save(folder: string): Promise<void> {
    await saveCheckpoint(folder, this.checkpoint);
    await saveOptimizer(folder, this.checkpoint.engine);
  }

  async load(folder: string): Promise<void> {
    const next = await this.loadFolder(folder);
    await loadOptimizer(folder, next.engine);
    this.decoder.close();
    this.checkpoint = next;
    [this.decoder, this.batch] = this.openDecoder();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.decoder.close();
    return Promise.resolve();
  }

  private openDecoder(): [Decoder, ContinuousBatch] {
    const { engine, tokenizer } = this.checkpoint;
    const { slots, tokensPerStep } = this.options;
    const decoder = engine.openDecoder({ slots });
    return [decoder, new ContinuousBatch(decoder, tokenizer, engine.config.vocabularySize, slots, tokensPerStep)];
  }
}
