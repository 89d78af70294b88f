import { parentPort, workerData } from 'node:worker_threads';
import * as core from './index.js';
import { serveReward } from './isolation/serve-reward.js';
import type { StartOrder } from './isolation/worker-messages.js';

/** Runs in a worker thread: one reward plugin, its limits set by whoever started the thread. */
if (parentPort !== null) await serveReward(parentPort, workerData as StartOrder, { '@turnwise/core': core });
