import type { Objective, OptimizerStep, Policy, Sample, SampleRequest, TrainingBatch } from '../contract/index.js';

/**
 * A policy whose samples and updates may be asked for at the same time. It counts updates and says of each sample how
 * many there had been. For a policy that cannot sample while its weights change, an update waits for the samples under
 * way and new samples wait for the update, so that every sample comes from one version of the weights.
 */
export class PolicyGate implements Policy {
  #version: number;
  #sampling = 0;
  /** Resolved when the weights may be read again; `null` while they may. */
  #closed: Promise<void> | null = null;
  #onIdle: (() => void) | null = null;
  readonly score?: NonNullable<Policy['score']>;
  readonly refuses?: NonNullable<Policy['refuses']>;

  /** @param version Updates made before, by the run that goes on. */
  constructor(
    private readonly policy: Policy,
    version: number,
  ) {
    this.#version = version;
    if (policy.score) this.score = policy.score.bind(policy);
    if (policy.refuses) this.refuses = policy.refuses.bind(policy);
  }

  get capabilities(): Policy['capabilities'] {
    return this.policy.capabilities;
  }

  get tokenizer(): Policy['tokenizer'] {
    return this.policy.tokenizer;
  }

  /** Updates so far. */
  get version(): number {
    return this.#version;
  }

  /** The weights were replaced by those that had had so many updates. */
  goTo(version: number): void {
    this.#version = version;
  }

  async sample(request: SampleRequest, signal: AbortSignal): Promise<Sample> {
    while (this.#closed !== null) await this.#closed;
    const version = this.#version;
    this.#sampling++;
    try {
      const sample = await this.policy.sample(request, signal);
      return { ...sample, version: sample.version ?? version };
    } finally {
      this.#sampling--;
      if (this.#sampling === 0) this.#onIdle?.();
    }
  }

  release(trajectoryId: string): void {
    this.policy.release?.(trajectoryId);
  }

  forwardBackward(batch: TrainingBatch, objective: Objective): ReturnType<Policy['forwardBackward']> {
    return this.policy.forwardBackward(batch, objective);
  }

  async optimStep(options: OptimizerStep): ReturnType<Policy['optimStep']> {
    const metrics = await this.#alone(() => this.policy.optimStep(options));
    this.#version++;
    return metrics;
  }

  save(folder: string): Promise<void> {
    return this.policy.save(folder);
  }

  load(folder: string): Promise<void> {
    return this.#alone(() => this.policy.load(folder));
  }

  /** Changes the weights while nothing is sampled from them. */
  async #alone<Result>(change: () => Promise<Result>): Promise<Result> {
    if (this.capabilities.samplesDuringUpdates === true) return change();
    let open = (): void => undefined;
    this.#closed = new Promise((resolve) => (open = resolve));
    if (this.#sampling > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#onIdle = null;
    try {
      return await change();
    } finally {
      this.#closed = null;
      open();
    }
  }
}
