import { parentPort, workerData } from 'node:worker_threads';
import { serveWorker } from './serve-worker.js';
import type { WorkerSetup } from './worker-messages.js';

/** Runs in a worker thread of the policy. */
if (parentPort) serveWorker(parentPort, workerData as WorkerSetup);
