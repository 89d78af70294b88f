import type { Worker } from 'node:worker_threads';
import { TurnwiseError } from '@turnwise/core';
import { AbortListeners } from './abort-listeners.js';
import type { FromWorker, ToWorker, WorkerAnswers, WorkerRequest } from './worker-messages.js';

interface Waiting {
  readonly request: WorkerRequest;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Threads that ended while it waited. */
  deaths: number;
}

interface Member {
  worker: Worker;
  /** By the id of the question, in the order they were asked. */
  readonly waiting: Map<number, Waiting>;
  /** Threads in a row that ended before they could be asked anything. */
  stillborn: number;
  ready: boolean;
  cause: Error | null;
}

export interface WorkerGroupOptions {
  readonly count: number;
  /** Starts the thread of a place. */
  readonly spawn: (place: number) => Worker;
  /** What a thread that takes a dead one's place must know before it is asked again. */
  readonly introduction: () => readonly WorkerRequest[];
  /** Told of each thread that ended and is replaced. */
  readonly onDeath: (place: number, cause: Error) => void;
}

/** A question that outlives this many threads is taken to be what kills them. */
const MOST_DEATHS = 2;

/**
 * Worker threads that may end at any moment. What a thread had not answered is asked again of the one that takes its
 * place; answers are functions of questions and parameters, so nobody can tell. When that does not help, every question
 * fails with RUN_WORKER_FAILED.
 */
export class WorkerGroup {
  private readonly members: Member[];
  private readonly aborts = new AbortListeners();
  private nextId = 0;
  private closed = false;
  private failure: TurnwiseError | null = null;
  private readonly readiness: { resolve: () => void; reject: (error: unknown) => void };
  /** Resolves when every thread has started; rejects with RUN_WORKER_FAILED. */
  readonly ready: Promise<void>;

  constructor(private readonly options: WorkerGroupOptions) {
    let readiness: typeof this.readiness | undefined;
    this.ready = new Promise((resolve, reject) => (readiness = { resolve, reject }));
    this.readiness = readiness as unknown as typeof this.readiness;
    this.members = Array.from({ length: options.count }, (_, place) => {
      const member: Member = {
        worker: options.spawn(place),
        waiting: new Map(),
        stillborn: 0,
        ready: false,
        cause: null,
      };
      this.listen(member, place);
      return member;
    });
  }

  get count(): number {
    return this.members.length;
  }

  /** Asks the thread of a place. Rejects with the signal's reason when aborted, and with what the thread threw. */
  async ask<Kind extends WorkerRequest['kind']>(
    place: number,
    request: Extract<WorkerRequest, { kind: Kind }>,
    signal?: AbortSignal,
  ): Promise<WorkerAnswers[Kind]> {
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    const member = this.member(place);
    const id = this.nextId++;
    let forget = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        member.waiting.set(id, { request, resolve: resolve as (answer: unknown) => void, reject, deaths: 0 });
        if (signal) {
          forget = this.aborts.add(signal, () => {
            if (member.waiting.delete(id)) this.send(member, { abort: id });
            reject(signal.reason as Error);
          });
        }
        this.send(member, { id, request });
      });
    } finally {
      forget();
    }
  }

  /** Asks every thread the same. */
  async askAll(request: Extract<WorkerRequest, { kind: 'refresh' | 'reference' }>): Promise<void> {
    await Promise.all(this.members.map((_, place) => this.ask(place, request)));
  }

  release(place: number, trajectoryId: string): void {
    this.send(this.member(place), { release: trajectoryId });
  }

  /** Ends all threads; what was not answered fails. */
  async close(): Promise<void> {
    this.closed = true;
    this.fail(new TurnwiseError('RUN_WORKER_FAILED', 'The worker threads of the policy were closed.'));
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private listen(member: Member, place: number): void {
    const { worker } = member;
    worker.on('message', (message: FromWorker) => {
      if ('ready' in message) {
        member.ready = true;
        member.stillborn = 0;
        if (this.members.every(({ ready }) => ready)) this.readiness.resolve();
        return;
      }
      const waiting = member.waiting.get(message.id);
      if (!member.waiting.delete(message.id)) return;
      if ('error' in message) waiting?.reject(message.error);
      else waiting?.resolve(message.answer);
    });
    worker.on('error', (error) => (member.cause = asError(error)));
    worker.on('messageerror', (error) => (member.cause = error));
    worker.on('exit', (code) => {
      if (!this.closed && this.failure === null) this.replace(member, place, code);
    });
  }

  private replace(member: Member, place: number, code: number): void {
    const cause = member.cause ?? new Error(`worker thread ${place + 1} ended with code ${code}`);
    if (!member.ready) member.stillborn++;
    const most = Math.max(member.stillborn, ...[...member.waiting.values()].map((waiting) => ++waiting.deaths));
    if (most > MOST_DEATHS) {
      this.fail(
        new TurnwiseError(
          'RUN_WORKER_FAILED',
          `Worker thread ${place + 1} ended ${most} times in the same work: ${cause.message}.`,
          {
            where: 'policy.with.workers',
            hint: 'A training run goes on after its last whole step with `turnwise train --resume`. Set policy.with.workers: 1 to see the failure itself, or give the run more memory.',
            cause,
          },
        ),
      );
      return;
    }
    this.options.onDeath(place, cause);
    member.ready = false;
    member.cause = null;
    member.worker = this.options.spawn(place);
    this.listen(member, place);
    for (const request of this.options.introduction()) this.send(member, { id: this.nextId++, request });
    for (const [id, { request }] of member.waiting) this.send(member, { id, request });
  }

  private fail(error: TurnwiseError): void {
    this.failure ??= error;
    this.readiness.reject(error);
    this.ready.catch(() => undefined);
    for (const { waiting } of this.members) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    }
  }

  private send(member: Member, message: ToWorker): void {
    member.worker.postMessage(message);
  }

  private member(place: number): Member {
    const member = this.members[place];
    if (!member) throw new Error(`no worker ${place}`);
    return member;
  }
}

/** A thread may throw anything. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'message' in thrown)
    ? (thrown as Error)
    : new Error(String(thrown));
}
