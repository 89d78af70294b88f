import { resolve } from 'node:path';
import { objectiveLoss, batchTotals, TurnwiseError } from '@turnwise/core';
import type { LossMetrics, Objective, OptimizerMetrics, OptimizerStep, PluginContext, Policy } from '@turnwise/core';
import type {
  PolicyTokenizer,
  Sample,
  SampleRequest,
  TrainingBatch,
  TrainingPlan,
  TrainingRefusal,
} from '@turnwise/core';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import { Connection } from './connection.js';
import { keyHeader } from './key-header.js';
import { loadTokenizer } from './load-tokenizer.js';
import { assertReduction, gradientNorm, measureReduction } from './probe-reduction.js';
import { readLogprobs } from './read-results.js';
import { refusePlan } from './refuse-plan.js';
import { RemoteModel } from './remote-model.js';
import { readSample, samplingBody } from './sampling.js';
import { serverLoss } from './server-loss.js';
import { serverProfiles, type ServerProfile } from './server-profile.js';
import { Session } from './session.js';
import { splitData } from './split-data.js';
import type { TinkerOptions } from './tinker-options.js';
import { trainingData } from './training-data.js';
import { requestFailed } from './wire-failure.js';

export type TinkerContext = Pick<PluginContext, 'logger' | 'metrics' | 'paths' | 'random' | 'signal'>;

/** @throws PLUGIN_OPTIONS_INVALID for a tokenizer, key or rank that cannot be */
export function createTinkerPolicy(context: TinkerContext, options: TinkerOptions): TinkerPolicy {
  return new TinkerPolicy(context, options, loadTokenizer(resolve(context.paths.base, options.tokenizer)));
}

/** A model that is sampled from and trained on a server that speaks the Tinker REST API. */
export class TinkerPolicy implements Policy, AsyncDisposable {
  private readonly connection: Connection;
  private readonly profile: ServerProfile;
  private readonly seed: number;
  private session: Session | null = null;
  private opening: Promise<RemoteModel> | null = null;
  private models = 0;
  /** Sampling session of the weights as they are; `null` after an update. */
  private sampler: Promise<string> | null = null;
  private samplers = 0;
  private samples = 0;
  private readonly trajectories = new Map<string, number>();
  private pendingGradients = false;
  /** Whether the server's reduction is still to be measured: once, before a model is made that will be trained. */
  private probing = false;
  private context: number | null;

  constructor(
    private readonly outside: TinkerContext,
    private readonly options: TinkerOptions,
    readonly tokenizer: PolicyTokenizer,
  ) {
    this.profile = serverProfiles[options.server];
    if (options.rank === 0 && !this.profile.fullFinetune) {
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `rank is 0, but ${options.server} trains adapters only.`, {
        where: 'policy.with.rank',
        hint: 'Set a rank of at least 1.',
      });
    }
    const onPause = (message: string): void => outside.logger.warn(`${options.server}: ${message}`);
    this.connection = new Connection({ ...options, headers: keyHeader(options.keyVariable), onPause });
    this.seed = outside.random.integer(2 ** 31);
    this.context = options.maxContext ?? null;
  }

  get capabilities(): Policy['capabilities'] {
    return { trainable: true, objectives: this.profile.objectives, logprobs: true, maxContext: this.context };
  }

  /** Asks the server what it has and opens a session. */
  async init(): Promise<void> {
    const { signal } = this.outside;
    const reply = await this.connection.get('/get_server_capabilities', signal);
    const { supported_models: models = [], max_context_length: length } = (reply ?? {}) as {
      supported_models?: { model_name?: string; max_context_length?: number }[];
      max_context_length?: number;
    };
    const own = models.find(({ model_name: name }) => name === this.options.baseModel);
    if (own === undefined && models.length > 0) {
      const names = models.map(({ model_name: name }) => name).join(', ');
      throw new TurnwiseError('PLUGIN_OPTIONS_INVALID', `The server does not offer ${this.options.baseModel}.`, {
        where: 'policy.with.baseModel',
        hint: `It offers: ${names}.`,
      });
    }
    this.context ??= own?.max_context_length ?? length ?? null;
    this.session = await Session.open(this.connection, this.options.heartbeatSeconds, this.outside);
  }

  /** Asked before training and only then. */
  refuses(plan: TrainingPlan): TrainingRefusal | null {
    const { logger } = this.outside;
    this.probing = this.options.probe;
    if (plan.maxGradientNorm !== null && this.profile.gradientClip !== 'request') {
      const whose = this.profile.gradientClip === 'none' ? 'does not clip gradients' : 'clips by its own configuration';
      logger.warn(`${this.options.server} ${whose}: training.maxGradientNorm ${plan.maxGradientNorm} is not applied`);
    }
    if (plan.weightDecay !== 0 && !this.profile.adamOfRequest) {
      logger.warn(`${this.options.server} decays weights by its own configuration, not by training.weightDecay`);
    }
    return refusePlan(plan);
  }

  async sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    const session = await this.samplerNow();
    // A request that has to be made anew is another request, unless its number is its trajectory's.
    const body = (): object => samplingBody(request, session, this.sampleNumber(request.trajectoryId));
    return readSample(await this.connection.work('/asample', body, signal), this.tokenizer);
  }

  release(trajectoryId: string): void {
    this.trajectories.delete(trajectoryId);
  }

  async forwardBackward(batch: TrainingBatch, objective: Objective): Promise<LossMetrics> {
    const { temperature } = batch;
    const refusal = refusePlan({ objective, temperature, weightDecay: 0, maxGradientNorm: null });
    if (refusal !== null) throw new TurnwiseError('RUN_NOT_TRAINABLE', refusal.message, refusal);
    if (this.pendingGradients && !this.profile.accumulates) {
      throw new TurnwiseError(
        'RUN_NOT_TRAINABLE',
        `${this.options.server} averages over all data of an update, so an update is one forwardBackward.`,
        { hint: 'Put all sequences of the update into one batch.' },
      );
    }
    const totals = batchTotals(batch);
    const training = trainingData(batch, objective.aggregation, this.profile);
    if (training.data.length === 0) return { loss: 0, kl: 0, clipFraction: 0, entropy: 0, tokens: totals.tokens };
    const model = await this.model();
    this.pendingGradients = true;
    const loss = serverLoss(objective);
    const bodies = splitData(training.data).map((data) => ({ forward_backward_input: { data, ...loss } }));
    const logprobs = readLogprobs(await model.train('/forward_backward', bodies), training);
    const measured = objectiveLoss(objective, { ...training.tokens, logprobs }, totals);
    const { samplingLogprobs } = training.tokens;
    const gap = mean(logprobs.map((value, token) => Math.abs(value - (samplingLogprobs[token] ?? 0))));
    this.outside.metrics.record('logprob-gap', gap);
    const { clipFraction, kl } = measured;
    return { loss: measured.loss, kl, clipFraction, entropy: -mean(logprobs), tokens: totals.tokens };
  }

  async optimStep(step: OptimizerStep): Promise<OptimizerMetrics> {
    if (!this.pendingGradients) return { gradientNorm: 0 };
    const { beta1, beta2, epsilon } = this.options;
    const { learningRate, weightDecay, maxGradientNorm } = step;
    const adam = { learning_rate: learningRate, beta1, beta2, eps: epsilon, weight_decay: weightDecay };
    const clip = this.profile.gradientClip === 'request' ? { grad_clip_norm: maxGradientNorm ?? 0 } : {};
    const model = await this.model();
    const [result] = await model.train('/optim_step', [{ adam_params: { ...adam, ...clip } }]);
    this.pendingGradients = false;
    this.sampler = null;
    return { gradientNorm: gradientNorm(result) ?? 0 };
  }

  async save(folder: string): Promise<void> {
    await writeCheckpoint(folder, await (await this.model()).save(), this.options);
  }

  /** Weights can only be loaded by a model's first request, so another model takes the place of this one. */
  async load(folder: string): Promise<void> {
    const path = await readCheckpoint(folder, this.options);
    const before = this.opening;
    const loading = this.loadedModel(path);
    this.opening = loading;
    try {
      await loading;
    } catch (error) {
      // The model of before is still there, and still to be unloaded in the end.
      this.opening = before;
      throw error;
    }
    this.sampler = null;
    this.pendingGradients = false;
    await before?.then((old) => old.unload()).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session?.close();
    await this.opening?.then((model) => model.unload()).catch(() => undefined);
  }

  private model(): Promise<RemoteModel> {
    return (this.opening ??= this.createModel());
  }

  private async createModel(): Promise<RemoteModel> {
    if (this.probing) {
      this.probing = false;
      await this.probe();
    }
    return this.newModel();
  }

  /** @throws RUN_NOT_TRAINABLE when the server reduces losses otherwise than its profile says */
  private async probe(): Promise<void> {
    const { server } = this.options;
    const model = await this.newModel();
    try {
      const measured = await measureReduction(model, this.profile);
      if (measured !== null) assertReduction(measured, server, this.profile);
      else
        this.outside.logger.warn(`${server} reports no gradient norm: how it reduces losses is taken from its profile`);
    } finally {
      await model.unload().catch(() => undefined);
    }
  }

  private newModel(): Promise<RemoteModel> {
    const { baseModel, rank } = this.options;
    const session = this.session?.id ?? '';
    const spec = { session, baseModel, rank, seed: this.seed, number: ++this.models };
    return RemoteModel.create(this.connection, spec, this.outside.signal);
  }

  private async loadedModel(path: string): Promise<RemoteModel> {
    for (let attempt = 1; ; attempt++) {
      const model = await this.createModel();
      const loaded = await model.load(path).catch(async (error: unknown) => {
        await model.unload().catch(() => undefined);
        throw error;
      });
      if (loaded) return model;
      await model.unload().catch(() => undefined);
      if (attempt >= 10) throw requestFailed('/load_weights', 'it was sent and refused again and again');
    }
  }

  private samplerNow(): Promise<string> {
    if (this.sampler !== null) return this.sampler;
    const opening = this.model().then((model) => model.openSampler(() => ++this.samplers));
    // One that failed is not asked again.
    opening.catch(() => {
      if (this.sampler === opening) this.sampler = null;
    });
    return (this.sampler = opening);
  }

  private sampleNumber(trajectoryId: string): number {
    if (!this.profile.stickySampling) return ++this.samples;
    const known = this.trajectories.get(trajectoryId) ?? ++this.samples;
    this.trajectories.set(trajectoryId, known);
    return known;
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
