import type { LossMetrics, Objective, Sample, SampleRequest, ScoreRequest, TrainingBatch } from '@turnwise/core';
import type { Checkpoint, Engine } from '@turnwise/engine';
import type { Compute } from './compute.js';
import { flatLength } from './flat-parameters.js';
import { GradientSum } from './gradient-sum.js';
import { lossMetrics, needsReference, planUpdate, type MicroBatchLoss } from './micro-batch-loss.js';
import { policyMemoryLimit } from './policy-memory.js';
import { TrajectoryPlaces, type NewTrajectory } from './place-trajectories.js';
import { SharedParameters } from './shared-parameters.js';
import type { SpawnWorker } from './spawn-worker.js';
import { splitRequests } from './split-requests.js';
import type { TransformerOptions } from './transformer-options.js';
import { LANES } from './worker-count.js';
import { WorkerGroup } from './worker-group.js';

/**
 * The work spread over threads. Trajectories are sampled each by one worker from start to end; micro-batches go to
 * whoever is free, and their gradients are added here in the order of the micro-batches, so that the number of workers
 * shows in no result. The optimizer runs on this thread, and its weights reach all workers before it is done.
 */
export class WorkerCompute implements Compute {
  private readonly engine: Engine;
  private readonly group: WorkerGroup;
  private readonly parameters: SharedParameters;
  private readonly gradients: readonly Float32Array[][];
  private readonly places: TrajectoryPlaces;
  private sum: GradientSum | null = null;
  private reference: { readonly engine: Engine; readonly shared: SharedParameters } | null = null;
  private arrivals: NewTrajectory[] = [];
  private placing: Promise<void> | null = null;

  private constructor(
    { engine, tokenizer, documents }: Checkpoint,
    private readonly options: TransformerOptions,
    count: number,
    spawn: SpawnWorker,
    warn: (message: string) => void,
  ) {
    this.engine = engine;
    this.parameters = SharedParameters.of(engine);
    this.places = new TrajectoryPlaces(count);
    const bytes = 4 * flatLength(engine.trainedParameters());
    const buffers = Array.from({ length: count }, () =>
      Array.from({ length: LANES }, () => new SharedArrayBuffer(bytes)),
    );
    this.gradients = buffers.map((own) => own.map((buffer) => new Float32Array(buffer)));
    this.group = new WorkerGroup({
      count,
      spawn: (place) =>
        spawn({
          config: engine.config,
          lora: engine.lora,
          recompute: options.recompute,
          // Threads compute with the kernels of the engine they stand for, or their bits would differ.
          relaxedSimd: engine.name === 'wasm-relaxed' ? 'on' : 'off',
          memoryLimitBytes: policyMemoryLimit(options),
          tokenizer: tokenizer.json,
          endTokens: [...(documents?.endTokens ?? [])],
          topK: options.topK,
          slots: Math.ceil(options.slots / count),
          tokensPerStep: Math.max(64, Math.ceil(options.tokensPerStep / count)),
          parameters: this.parameters.buffer,
          gradients: buffers[place] ?? [],
        }),
      introduction: () => (this.reference ? [{ kind: 'reference', parameters: this.reference.shared.buffer }] : []),
      onDeath: (place, cause) => {
        warn(`Worker thread ${place + 1} of the policy ended (${cause.message}); its work is done again by a new one.`);
      },
    });
  }

  /** Resolves when all workers have started. */
  static async start(...[checkpoint, options, count, spawn, warn]: StartOptions): Promise<WorkerCompute> {
    const compute = new WorkerCompute(checkpoint, options, count, spawn, warn);
    try {
      await compute.group.ready;
    } catch (error) {
      await compute.close();
      throw error;
    }
    return compute;
  }

  async sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    const { trajectoryId, tokenIds, seed, temperature, topP, maxTokens, stop } = request;
    signal.throwIfAborted();
    const place = this.places.of(trajectoryId) ?? (await this.placed(trajectoryId, tokenIds));
    const own = { trajectoryId, tokenIds, seed, temperature, topP, maxTokens, stop };
    return this.group.ask(place, { kind: 'sample', request: own }, signal);
  }

  release(trajectoryId: string): void {
    const place = this.places.of(trajectoryId);
    if (place === undefined) return;
    this.places.release(trajectoryId);
    this.group.release(place, trajectoryId);
  }

  async score(requests: readonly ScoreRequest[]): Promise<(Float32Array | null)[]> {
    const maxTokens = this.options.microBatchTokens;
    const passes = splitRequests(requests, maxTokens, this.group.count);
    const results: (Float32Array | null)[][] = [];
    await this.spread(passes, async (pass, { index, place }) => {
      results[index] = await this.group.ask(place, { kind: 'score', requests: pass, maxTokens });
    });
    return results.flat();
  }

  async accumulate(batch: TrainingBatch, objective: Objective, reference: Engine | null): Promise<LossMetrics> {
    if (needsReference(objective) && reference) await this.introduce(reference);
    const { terms, microBatches } = planUpdate(batch, objective, this.options.microBatchTokens);
    const sum = (this.sum ??= new GradientSum(this.engine));
    sum.begin();
    const losses: MicroBatchLoss[] = [];
    const computed = new Map<number, () => void>();
    await this.spread(microBatches, async (sequences, { index, place, lane: buffer, failed }) => {
      const loss = await this.group.ask(place, { kind: 'differentiate', sequences, terms, buffer });
      // The buffer is free again when its gradient has been added, which waits for all micro-batches before it.
      await new Promise<void>((added) => {
        const stop = (): void => added();
        if (failed.aborted) {
          stop();
          return;
        }
        failed.addEventListener('abort', stop, { once: true });
        computed.set(index, () => {
          sum.add(this.gradients[place]?.[buffer] as Float32Array);
          losses.push(loss);
          failed.removeEventListener('abort', stop);
          added();
        });
        for (let next = computed.get(losses.length); next; next = computed.get(losses.length)) next();
      });
    });
    sum.finish();
    return lossMetrics(terms, losses);
  }

  async weightsChanged(): Promise<void> {
    this.parameters.publish(this.engine);
    this.places.clear();
    await this.group.askAll({ kind: 'refresh' });
  }

  async close(): Promise<void> {
    await this.group.close();
  }

  /** The worker of a new trajectory, decided for all that arrive at the same time together. */
  private async placed(trajectoryId: string, tokenIds: readonly number[]): Promise<number> {
    this.arrivals.push({ trajectoryId, tokenIds });
    this.placing ??= new Promise((resolve) =>
      setImmediate(() => {
        this.placing = null;
        this.places.add(this.arrivals);
        this.arrivals = [];
        resolve();
      }),
    );
    await this.placing;
    return this.places.of(trajectoryId) ?? 0;
  }

  /** Gives every worker the policy before training, once. */
  private async introduce(engine: Engine): Promise<void> {
    if (this.reference?.engine === engine) return;
    this.reference = { engine, shared: SharedParameters.of(engine) };
    await this.group.askAll({ kind: 'reference', parameters: this.reference.shared.buffer });
  }

  /**
   * Has each item done by a worker that is free, the items taken in their order. When one fails no further ones are
   * begun, and it rejects when those under way are over.
   */
  private async spread<Item>(items: readonly Item[], work: (item: Item, turn: Turn) => Promise<void>): Promise<void> {
    const failure = new AbortController();
    let next = 0;
    const run = async (place: number, lane: number): Promise<void> => {
      while (next < items.length && !failure.signal.aborted) {
        const index = next++;
        try {
          await work(items[index] as Item, { index, place, lane, failed: failure.signal });
        } catch (error) {
          failure.abort(error);
        }
      }
    };
    const lanes = Array.from({ length: LANES * this.group.count }, (_, lane) =>
      run(lane % this.group.count, Math.floor(lane / this.group.count)),
    );
    await Promise.all(lanes);
    failure.signal.throwIfAborted();
  }
}

/** One item's turn in `spread`. */
interface Turn {
  readonly index: number;
  /** The worker whose turn it is, and which of its lanes. */
  readonly place: number;
  readonly lane: number;
  /** Aborted when another item failed. */
  readonly failed: AbortSignal;
}

type StartOptions = [
  checkpoint: Checkpoint,
  options: TransformerOptions,
  count: number,
  spawn: SpawnWorker,
  warn: (message: string) => void,
];
