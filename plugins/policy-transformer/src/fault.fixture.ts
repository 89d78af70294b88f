import { Worker } from 'node:worker_threads';
import type { SpawnWorker } from './spawn-worker.js';

export const faultPlaces = ['rollout', 'forward', 'backward', 'reduction'] as const;
/** `hang` stops the thread until someone terminates it. */
export const faultHows = ['exit', 'throw', 'memory', 'hang'] as const;
export type FaultPlace = (typeof faultPlaces)[number];
export type FaultHow = (typeof faultHows)[number];

/** Workers that die where and as often as they are told to. */
export class FaultyWorkers {
  /** Place, manner, deaths to come, thread that hangs. */
  private readonly fault = new Int32Array(new SharedArrayBuffer(16));
  private readonly workers: Worker[] = [];

  readonly spawn: SpawnWorker = (setup) => {
    const worker = new Worker(new URL('./faulty-worker.fixture.mjs', import.meta.url), {
      workerData: { ...setup, fault: this.fault.buffer },
      execArgv: ['--conditions=turnwise-source', '--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: 160 },
    });
    this.workers.push(worker);
    return worker;
  };

  arm(place: FaultPlace, how: FaultHow, times = 1): void {
    Atomics.store(this.fault, 3, 0);
    Atomics.store(this.fault, 2, times);
    Atomics.store(this.fault, 1, faultHows.indexOf(how));
    Atomics.store(this.fault, 0, faultPlaces.indexOf(place));
  }

  /** Deaths that were armed and did not come. */
  get left(): number {
    return Math.max(0, Atomics.load(this.fault, 2));
  }

  /** Waits for a thread that hangs, and terminates it. */
  async terminate(): Promise<void> {
    let id = 0;
    while ((id = Atomics.load(this.fault, 3)) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.workers.find(({ threadId }) => threadId === id)?.terminate();
  }
}
