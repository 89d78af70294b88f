import { Worker } from 'node:worker_threads';
import type { Isolation } from '../plugin/isolation-limits.js';
import type { FromWorker, StartOrder, ToWorker } from './worker-messages.js';

const fromSources = import.meta.url.endsWith('.ts');

/** In the sources beside the folder of this module, in the built package beside the one file everything is in. */
const entry = new URL(fromSources ? '../reward-worker-from-sources.mjs' : './reward-worker.js', import.meta.url);

/** How a worker ended on its own. */
export interface WorkerEnd {
  /** In words, after "its worker". */
  readonly reason: string;
}

/** What one wait on a worker came to. */
export type WaitResult<Wanted extends FromWorker> =
  | { readonly kind: 'message'; readonly message: Wanted }
  | { readonly kind: 'ended'; readonly end: WorkerEnd }
  | { readonly kind: 'timeout' };

/** One worker thread: posted to, waited for, stopped. It never keeps the process alive by itself. */
export class WorkerThread {
  readonly #worker: Worker;
  #end: WorkerEnd | null = null;
  #listener: (() => void) | null = null;
  #unread: FromWorker[] = [];

  /** @param onReport Hears what is not an answer: log lines and metrics. */
  constructor(order: StartOrder, { memoryMegabytes }: Isolation, onReport: (message: FromWorker) => void) {
    this.#worker = new Worker(entry, {
      workerData: order,
      name: `reward ${order.id}`,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
      // Built, it has the flags of the process. From sources the loader is registered by the entry instead.
      ...(fromSources ? { execArgv: ['--conditions=turnwise-source', '--no-warnings'] } : {}),
    });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => {
      if (message.kind === 'log' || message.kind === 'metric') onReport(message);
      else {
        this.#unread.push(message);
        this.#listener?.();
      }
    });
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#ended(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { reason: `needed more than ${memoryMegabytes} MiB of heap` }
          : { reason: `crashed: ${String((error as Partial<Error> | null)?.message ?? error)}` },
      );
    });
    this.#worker.on('exit', (code) => this.#ended({ reason: `exited with code ${code}` }));
  }

  /** How it ended; `null` while it runs. */
  get end(): WorkerEnd | null {
    return this.#end;
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /**
   * Waits for a message of a kind. A late timer is no proof: while this thread computes, the answer may have come in
   * and not yet been read, so messages are read once more before the time counts as over.
   */
  async wait<Wanted extends FromWorker>(
    isWanted: (message: FromWorker) => message is Wanted,
    seconds: number,
    signal?: AbortSignal,
  ): Promise<WaitResult<Wanted>> {
    signal?.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    try {
      return await new Promise<WaitResult<Wanted>>((resolve, reject) => {
        const look = (): void => {
          const message = this.#unread.find(isWanted);
          this.#unread = [];
          if (message !== undefined) resolve({ kind: 'message', message });
          else if (this.#end !== null) resolve({ kind: 'ended', end: this.#end });
        };
        abort = () => reject(signal?.reason as Error);
        signal?.addEventListener('abort', abort, { once: true });
        this.#listener = look;
        timer = setTimeout(() => setImmediate(() => setImmediate(() => resolve({ kind: 'timeout' }))), seconds * 1000);
        look();
      });
    } finally {
      this.#listener = null;
      clearTimeout(timer);
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the thread, whatever it is doing. Not waited for: a blocking call into native code ends when it ends. */
  stop(): void {
    void this.#worker.terminate();
  }

  #ended(end: WorkerEnd): void {
    this.#end ??= end;
    this.#listener?.();
  }
}
