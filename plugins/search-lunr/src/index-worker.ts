import { parentPort, workerData } from 'node:worker_threads';
import { buildIndex } from './build-index.js';
import type { BuildReply, BuildRequest } from './build-request.js';
import { encodeIndex } from './index-file.js';

/** Runs in a worker thread: builds the index it is given passages for and hands the block over without copying. */
const { passages, weighting, key } = workerData as BuildRequest;
const block = encodeIndex(buildIndex(passages, weighting), key);
parentPort?.postMessage({ block } satisfies BuildReply, [block.buffer]);
