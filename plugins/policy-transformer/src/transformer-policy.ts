import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TurnwiseError, type LossMetrics, type Policy, type PluginContext, type TrainingBatch } from '@turnwise/core';
import type { MemoryEstimate, Workload } from '@turnwise/core';
import type { Objective, OptimizerMetrics, OptimizerStep, Sample, SampleRequest, ScoreRequest } from '@turnwise/core';
import {
  EngineUnavailable,
  loadAdapter,
  loadCheckpoint,
  loadOptimizer,
  readCheckpointConfig,
  saveAdapter,
  saveCheckpoint,
  saveOptimizer,
  type Checkpoint,
  type Engine,
  type LoraConfig,
} from '@turnwise/engine';
import { chatConversation } from './chat-conversation.js';
import { LocalCompute, type Compute } from './compute.js';
import { needsReference } from './micro-batch-loss.js';
import { policyMemory, policyMemoryLimit } from './policy-memory.js';
import { spawnWorker, type SpawnWorker } from './spawn-worker.js';
import type { TransformerOptions } from './transformer-options.js';
import { WorkerCompute } from './worker-compute.js';
import { workerCount } from './worker-count.js';

/** Kinds of objective that `differentiate` can differentiate: all of them. */
const objectives = ['ppo-clip', 'importance-sampling', 'cispo', 'gspo'] as const;

type Surroundings = Pick<PluginContext, 'resolveAsset' | 'paths'>;

/** Where the base checkpoint is. Throws `RUN_NOT_FOUND`. */
function baseFolder(context: Surroundings, { base }: Pick<TransformerOptions, 'base'>): string {
  const folder = context.resolveAsset(base) ?? resolve(context.paths.base, base);
  if (existsSync(join(folder, 'config.json'))) return folder;
  throw new TurnwiseError('RUN_NOT_FOUND', `There is no checkpoint at ${folder}.`, {
    where: `policy.with.base: ${JSON.stringify(base)}`,
    hint: 'Name a folder with config.json, model.safetensors and tokenizer.json, or `quickstart`.',
  });
}

/** Memory of the policy, from the base checkpoint's documents alone. */
export async function estimateTransformerMemory(
  context: Surroundings,
  options: TransformerOptions,
  workload: Workload,
): Promise<MemoryEstimate> {
  const { contextLength } = options;
  const config = await readCheckpointConfig(
    baseFolder(context, options),
    contextLength === undefined ? {} : { contextLength },
  );
  return policyMemory(config, options, workload);
}

/** Loads the base checkpoint and returns the policy around it. */
export async function createTransformerPolicy(
  context: Pick<PluginContext, 'resolveAsset' | 'paths' | 'logger'>,
  options: TransformerOptions,
  spawn: SpawnWorker = spawnWorker,
): Promise<Policy & AsyncDisposable> {
  const folder = baseFolder(context, options);
  const load = checkpointLoader(options, (message) => context.logger.info(message));
  const open: OpenCompute = (checkpoint) => {
    const count = workerCount(options.workers, checkpoint.engine.name);
    return count === 1
      ? Promise.resolve(new LocalCompute(checkpoint, options))
      : WorkerCompute.start(checkpoint, options, count, spawn, (message) => context.logger.warn(message));
  };
  const checkpoint = await load(folder);
  const { paths, logger } = context;
  const chat = chatConversation(checkpoint, options.chat, { base: paths.base, warn: (text) => logger.warn(text) });
  return new TransformerPolicy(folder, checkpoint, await open(checkpoint), load, open, options, chat);
}

/** Puts a checkpoint to work as the options say. */
type OpenCompute = (checkpoint: Checkpoint) => Promise<Compute>;

type LoadFolder = (folder: string, reference?: 'reference') => Promise<Checkpoint>;

/** Loads checkpoints onto the engine of the options, and logs once which engine that is. */
function checkpointLoader(
  { engine, contextLength, lora, recompute, memoryLimit, relaxedSimd }: TransformerOptions,
  log: (message: string) => void,
): LoadFolder {
  let said = false;
  const memoryLimitBytes = policyMemoryLimit({ memoryLimit });
  const context = contextLength === undefined ? {} : { contextLength };
  return async (folder, reference) => {
    // The reference of a KL term is only scored, which takes less than half of the memory.
    const training = reference ? { trainable: false } : lora === undefined ? {} : { lora: adapters(lora) };
    try {
      return await loadCheckpoint(folder, {
        engine,
        recompute,
        memoryLimitBytes,
        relaxedSimd,
        ...context,
        ...training,
        ...(said ? {} : { log }),
      });
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

function adapters({ rank, alpha, targets }: NonNullable<TransformerOptions['lora']>): LoraConfig {
  return { rank, alpha, targets };
}

class TransformerPolicy implements Policy, AsyncDisposable {
  private closed = false;
  readonly capabilities: Policy['capabilities'];
  readonly tokenizer: Policy['tokenizer'];
  readonly chat?: NonNullable<Policy['chat']>;
  /** The policy as it was before training, loaded when an objective first asks for a KL term against it. */
  private reference: Engine | null = null;

  constructor(
    private readonly baseFolder: string,
    private checkpoint: Checkpoint,
    private compute: Compute,
    private readonly loadFolder: LoadFolder,
    private readonly openCompute: OpenCompute,
    private readonly options: TransformerOptions,
    chat: Policy['chat'],
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
    if (chat !== undefined) this.chat = chat;
  }

  /** The engine that `auto` chose; its name tells which kernels `relaxedSimd: auto` chose. */
  get computesWith(): NonNullable<Policy['computesWith']> {
    return { engine: this.checkpoint.engine.name };
  }

  sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    return this.compute.sample(request, signal);
  }

  release(trajectoryId: string): void {
    this.compute.release(trajectoryId);
  }

  score(requests: readonly ScoreRequest[]): Promise<readonly (Float32Array | null)[]> {
    return this.compute.score(requests);
  }

  async forwardBackward(batch: TrainingBatch, objective: Objective): Promise<LossMetrics> {
    if (needsReference(objective)) {
      this.reference ??= (await this.loadFolder(this.baseFolder, 'reference')).engine;
    }
    return this.compute.accumulate(batch, objective, this.reference);
  }

  async optimStep(step: OptimizerStep): Promise<OptimizerMetrics> {
    const { engine } = this.checkpoint;
    const { beta1, beta2 } = this.options;
    const { gradientNorm } = engine.optimizerStep({ ...step, beta1, beta2 });
    engine.zeroGradients();
    await this.compute.weightsChanged();
    return { gradientNorm };
  }

  async save(folder: string): Promise<void> {
    const { lora } = this.options;
    if (lora === undefined) await saveCheckpoint(folder, this.checkpoint);
    else {
      await saveAdapter(folder, this.checkpoint.engine, this.baseFolder);
      if (lora.merge) {
        await mkdir(join(folder, 'merged'));
        await saveCheckpoint(join(folder, 'merged'), this.checkpoint);
      }
    }
    await saveOptimizer(folder, this.checkpoint.engine);
  }

  async load(folder: string): Promise<void> {
    const next = await this.loadTrained(folder);
    await loadOptimizer(folder, next.engine);
    await this.compute.close();
    this.checkpoint.engine.dispose?.();
    this.checkpoint = next;
    this.compute = await this.openCompute(next);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.compute.close();
    this.checkpoint.engine.dispose?.();
    this.reference?.dispose?.();
  }

  /** A saved policy: a model of its own, or adapters that go onto the base again. */
  private async loadTrained(folder: string): Promise<Checkpoint> {
    const hasAdapters = existsSync(join(folder, 'adapter_config.json'));
    if (hasAdapters !== (this.options.lora !== undefined)) {
      throw new TurnwiseError(
        'CONFIG_INVALID',
        `${folder} holds ${hasAdapters ? 'adapters' : 'a whole model'}, but policy.with.lora is ${hasAdapters ? 'not set' : 'set'}.`,
        {
          where: 'policy.with.lora',
          hint: hasAdapters
            ? 'Set policy.with.lora as it was in training, or use the folder `merged` beside the adapters.'
            : 'Leave policy.with.lora out, or make the folder the `base` of a new run.',
        },
      );
    }
    if (!hasAdapters) return this.loadFolder(folder);
    const next = await this.loadFolder(this.baseFolder);
    await loadAdapter(folder, next.engine);
    return next;
  }
}
