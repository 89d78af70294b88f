import { Worker } from 'node:worker_threads';
import type { WorkerSetup } from './worker-messages.js';

/** Starts a worker thread of the policy. */
export type SpawnWorker = (setup: WorkerSetup) => Worker;

/** From the TypeScript sources of a checkout or from the built package, whichever this module is of. */
export const spawnWorker: SpawnWorker = (setup) => {
  const fromSources = import.meta.url.endsWith('.ts');
  return fromSources
    ? new Worker(new URL('./compute-worker-from-sources.mjs', import.meta.url), {
        workerData: setup,
        execArgv: ['--conditions=turnwise-source', '--no-warnings'],
      })
    : new Worker(new URL('./compute-worker.js', import.meta.url), { workerData: setup });
};
