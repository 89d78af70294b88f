import { Worker } from 'node:worker_threads';
import { buildIndex } from './build-index.js';
import type { BuildReply, BuildRequest } from './build-request.js';
import { encodeIndex } from './index-file.js';

/** Beside this module, whether that was loaded from the TypeScript sources of a checkout or from the built package. */
const besideThisModule = new URL(
  import.meta.url.endsWith('.ts') ? './index-worker-from-sources.mjs' : './index-worker.js',
  import.meta.url,
);

/** What is said of a worker that cannot even load: no TypeScript loader at hand, or a bundle that left the file out. */
const cannotLoad = new Set(['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Builds an index block off the main thread, so that the event loop keeps turning. Where a worker cannot be loaded
 * (sources without a loader for them, a bundle without the worker) it builds on this thread instead.
 * Rejects with the signal's reason when aborted, and with the worker's error when building fails.
 */
export async function buildOffThread(
  request: BuildRequest,
  signal: AbortSignal,
  entry: URL = besideThisModule,
): Promise<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
  try {
    return await inWorker(request, signal, entry);
  } catch (error) {
    if (!cannotLoad.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return encodeIndex(buildIndex(request.passages, request.weighting), request.key);
  }
}

/** As {@link buildOffThread}, without falling back. */
export function inWorker(request: BuildRequest, signal: AbortSignal, entry: URL): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, { workerData: request });
    const abort = (): void => {
      reject(signal.reason as Error);
      void worker.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    worker.once('message', ({ block }: BuildReply) => {
      resolve(block);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort);
      reject(new Error(`the worker that builds the search index ended with code ${code} and no index`));
    });
  });
}
