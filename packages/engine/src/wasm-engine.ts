import {
  layBackwardWorkspace,
  layChunkActivations,
  layForwardWorkspace,
  layRecomputedActivations,
  type BackwardWorkspace,
  type ChunkActivations,
  type ForwardWorkspace,
  type RecomputedActivations,
  type WorkspaceSizes,
} from './activations.js';
import { backwardChunk } from './backward-pass.js';
import { planChunks, validateBatch, type Chunk } from './batch-plan.js';
import { checkBackward, checkTemperature, emptyScores } from './check-scoring.js';
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
} from './engine.js';
import { forwardChunk } from './forward-pass.js';
import { Heap } from './heap.js';
import { initialValues, type Initialization } from './initialization.js';
import { loadKernels, type Address, type LoadedKernels } from './load-kernels.js';
import { ModelMemory, type TrainingKind } from './model-memory.js';
import type { LoraConfig } from './lora.js';
import { Optimizer } from './optimizer.js';
import type { TensorPlace } from './parameter-layout.js';
import { Region } from './region.js';
import { validateConfig, type TransformerConfig } from './transformer-config.js';
import { WasmDecoder } from './wasm-decoder.js';

const PAGE = 65_536;

/** A batch between its forward and its backward pass. */
interface PendingBatch {
  readonly batch: PackedBatch;
  readonly chunks: readonly Chunk[];
  readonly activations: readonly ChunkActivations[];
  readonly workspace: ForwardWorkspace;
  readonly backward: BackwardWorkspace;
  readonly tokens: Address;
  readonly inverseTemperature: number;
  readonly version: number;
}

/** The embedded engine: WebAssembly SIMD kernels, one thread. */
export class WasmEngine implements Engine {
  /** `wasm`, or `wasm-relaxed` where its kernels use relaxed SIMD. */
  readonly name: string;
  private readonly heap: Heap;
  private readonly model: ModelMemory;
  private readonly optimizer: Optimizer;
  /** One block for activations and workspace, reused and only ever replaced by a larger one. */
  private arena: { address: Address; bytes: number } | null = null;
  private pending: PendingBatch | null = null;

  constructor(
    readonly config: TransformerConfig,
    seed: number,
    initialization: Initialization,
    memoryLimitBytes: number,
    training: TrainingKind,
    /** Whether a backward pass computes activations again instead of finding them kept. */
    private readonly recompute = false,
    /** Instantiates the kernels on a memory that can grow to so many pages. */
    load: (maximumPages: number) => LoadedKernels = loadKernels,
  ) {
    validateConfig(config);
    const { kernels, memory, relaxed } = load(Math.floor(memoryLimitBytes / PAGE));
    this.name = relaxed ? 'wasm-relaxed' : 'wasm';
    this.heap = new Heap(memory, kernels.heapBase(), memoryLimitBytes);
    this.model = new ModelMemory(config, kernels, this.heap, training);
    this.optimizer = new Optimizer(this.model);
    const { model } = this;
    const { adapters } = model;
    const runs = [
      [model.weights, model.layout],
      ...(adapters ? ([[adapters.trained.weights, adapters.layout]] as const) : []),
    ] as const;
    for (const [run, { tensors }] of runs) {
      for (const place of tensors.values()) {
        model.writeTensor(run, place, initialValues(place, config.layerCount, seed, initialization));
      }
    }
  }

  parameters(): readonly ParameterTensor[] {
    return [...this.model.layout.tensors.values()].map(({ name, shape }) => ({ name, shape }));
  }

  get lora(): LoraConfig | null {
    return this.model.adapters?.config ?? null;
  }

  get peakMemoryBytes(): number {
    return this.heap.peakBytes;
  }

  trainedParameters(): readonly ParameterTensor[] {
    return [...(this.model.trained?.tensors.values() ?? [])].map(({ name, shape }) => ({ name, shape }));
  }

  readParameter(name: string, into?: Float32Array): Float32Array {
    return this.model.readTensor(...this.place(name), into);
  }

  readMergedParameter(name: string): Float32Array {
    return this.model.readMerged(this.model.layout.tensor(name));
  }

  writeParameter(name: string, values: Float32Array): void {
    this.model.writeTensor(...this.place(name), values);
    this.model.version++;
  }

  readGradient(name: string, into?: Float32Array): Float32Array {
    return this.model.readTensor(...this.gradientPlace(name), into);
  }

  writeGradient(name: string, values: Float32Array): void {
    this.model.writeTensor(...this.gradientPlace(name), values);
  }

  forward(batch: PackedBatch, { temperature = 1 }: ScoringOptions = {}): ScoredTokens {
    const inverseTemperature = this.prepare(batch, temperature);
    this.pending = null;
    const chunks = planChunks(batch);
    const kept: PackedBatch = {
      tokens: batch.tokens.slice(),
      offsets: batch.offsets.slice(),
      scored: batch.scored.slice(),
    };
    const lay = (region: Region) => {
      const shared = this.recompute
        ? layRecomputedActivations(region, this.config, this.model.layout, largest(chunks))
        : null;
      return {
        tokens: region.take(batch.tokens.length),
        activations: chunks.map((chunk) => this.layChunk(region, chunk.rows, chunk.scored, shared)),
        workspace: this.layWorkspace(region, chunks),
        // Reserved now, so that a batch that passes forward cannot fail for memory in backward.
        backward: this.layBackward(region, chunks),
      };
    };
    const { tokens, activations, workspace, backward } = this.reserve(lay, batch);
    this.heap.integers(tokens, batch.tokens.length).set(batch.tokens);
    const result = emptyScores(batch.scored.length);
    chunks.forEach((chunk, i) => {
      this.scoreChunk(kept, chunk, tokens, inverseTemperature, activations[i], workspace, result);
    });
    const { version } = this.model;
    this.pending = { batch: kept, chunks, activations, workspace, backward, tokens, inverseTemperature, version };
    return result;
  }

  score(batch: PackedBatch, { temperature = 1 }: ScoringOptions = {}): ScoredTokens {
    const inverseTemperature = this.prepare(batch, temperature);
    this.pending = null;
    const chunks = planChunks(batch);
    const { rows, scored } = largest(chunks);
    const lay = (region: Region) => ({
      tokens: region.take(batch.tokens.length),
      activations: this.layChunk(region, rows, scored),
      workspace: this.layWorkspace(region, chunks),
    });
    const { tokens, activations, workspace } = this.reserve(lay, batch);
    this.heap.integers(tokens, batch.tokens.length).set(batch.tokens);
    const result = emptyScores(batch.scored.length);
    for (const chunk of chunks) {
      this.scoreChunk(batch, chunk, tokens, inverseTemperature, activations, workspace, result);
    }
    return result;
  }

  backward(gradient: ScoredGradient): void {
    const { pending, heap } = this;
    checkBackward(pending, this.model.version, ({ batch }) => batch.scored.length, gradient);
    const { batch, chunks, activations, backward: workspace, tokens, inverseTemperature } = pending;
    this.model.pack('backward');
    this.pending = null;
    const recompute = this.recompute ? pending.workspace : null;
    chunks.forEach((chunk, i) => {
      const kept = activations[i];
      if (!kept) throw new Error(`no activations for chunk ${i}`);
      const range = [chunk.firstScored, chunk.firstScored + chunk.scored] as const;
      heap.floats(workspace.dLogprobs, chunk.scored).set(gradient.logprobs.subarray(...range));
      const dEntropies = heap.floats(workspace.dEntropies, chunk.scored);
      if (gradient.entropies) dEntropies.set(gradient.entropies.subarray(...range));
      else dEntropies.fill(0);
      backwardChunk(this.model, batch, chunk, tokens, inverseTemperature, kept, workspace, recompute);
    });
  }

  zeroGradients(): void {
    const { trained } = this.model;
    if (!trained) throw new Error('an engine that was made with trainable: false cannot be trained');
    this.heap.floats(trained.gradients, trained.size).fill(0);
  }

  gradientNorm(): number {
    return this.optimizer.gradientNorm();
  }

  optimizerStep(options: OptimizerStepOptions): OptimizerStepResult {
    return this.optimizer.step(options);
  }

  optimizerState(): OptimizerState {
    return this.optimizer.state();
  }

  restoreOptimizer(state: OptimizerState): void {
    this.optimizer.restore(state);
  }

  openDecoder({ slots }: DecoderOptions): Decoder {
    return new WasmDecoder(this.model, slots);
  }

  /** Where a weight or an adapter lies. */
  private place(name: string): [Address, TensorPlace] {
    const { adapters, layout, weights } = this.model;
    const place = adapters?.layout.tensors.get(name);
    return adapters && place ? [adapters.trained.weights, place] : [weights, layout.tensor(name)];
  }

  private gradientPlace(name: string): [Address, TensorPlace] {
    const { trained } = this.model;
    const [, known] = this.place(name);
    const place = trained?.tensors.get(known.name);
    if (!trained || !place) throw new Error(`'${name}' is not trained: it has no gradient`);
    return [trained.gradients, place];
  }

  private prepare(batch: PackedBatch, temperature: number): number {
    validateBatch(batch, this.config);
    checkTemperature(temperature);
    this.model.pack('forward');
    return 1 / temperature;
  }

  private scoreChunk(
    batch: PackedBatch,
    chunk: Chunk,
    tokens: Address,
    inverseTemperature: number,
    activations: ChunkActivations | undefined,
    workspace: ForwardWorkspace,
    result: ScoredTokens,
  ): void {
    if (!activations) throw new Error('no activations for the chunk');
    forwardChunk(this.model, batch, chunk, tokens, inverseTemperature, activations, workspace);
    result.logprobs.set(this.heap.floats(activations.head.logprobs, chunk.scored), chunk.firstScored);
    result.entropies.set(this.heap.floats(activations.head.entropies, chunk.scored), chunk.firstScored);
  }

  /** Lays a computation out in the arena, replacing the arena by a larger one if it must. */
  private reserve<Buffers>(lay: (region: Region) => Buffers, batch: PackedBatch): Buffers {
    const measure = new Region();
    lay(measure);
    const bytes = measure.bytes();
    if (!this.arena || this.arena.bytes < bytes) {
      if (this.arena) this.heap.free(this.arena.address);
      this.arena = null;
      const purpose = `a batch of ${batch.tokens.length} tokens, ${batch.scored.length} of them scored,`;
      this.arena = { address: this.heap.allocate(bytes, purpose), bytes };
    }
    return lay(new Region(this.arena.address));
  }

  private layChunk(
    region: Region,
    rows: number,
    scored: number,
    shared: RecomputedActivations | null = null,
  ): ChunkActivations {
    return layChunkActivations(region, this.config, this.model.layout, rows, scored, shared);
  }

  private layWorkspace(region: Region, chunks: readonly Chunk[]): ForwardWorkspace {
    return layForwardWorkspace(region, this.config, this.model.layout, largest(chunks));
  }

  private layBackward(region: Region, chunks: readonly Chunk[]): BackwardWorkspace {
    return layBackwardWorkspace(region, this.config, this.model.layout, largest(chunks));
  }
}

function largest(chunks: readonly Chunk[]): WorkspaceSizes {
  const most = (size: (chunk: Chunk) => number): number =>
    chunks.reduce((largest, chunk) => Math.max(largest, size(chunk)), 0);
  return { rows: most((c) => c.rows), scored: most((c) => c.scored), longest: most((c) => c.longest) };
}
