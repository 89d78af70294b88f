import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { requestFailed, WireFailure } from './wire-failure.js';

/** A model on the server. Its training requests are numbered: one number is one piece of work, however often it is sent. */
export class RemoteModel {
  private sequence = 0;
  private saves = 0;
  private readonly name = `turnwise-${randomUUID().slice(0, 13)}`;

  private constructor(
    private readonly connection: Connection,
    readonly id: string,
    private readonly signal: AbortSignal,
  ) {}

  /** `number` tells models of one session apart; servers that know it answer a repetition with the same model. */
  static async create(
    connection: Connection,
    spec: { session: string; baseModel: string; rank: number; seed: number; number: number },
    signal: AbortSignal,
  ): Promise<RemoteModel> {
    const body = {
      session_id: spec.session,
      base_model: spec.baseModel,
      lora_config: { rank: spec.rank, seed: spec.seed },
      model_seq_id: spec.number,
    };
    const result = await connection.work('/create_model', body, signal);
    const { model_id: id } = (result ?? {}) as { model_id?: unknown };
    if (typeof id !== 'string') throw requestFailed('/create_model', 'the result names no model_id');
    return new RemoteModel(connection, id, signal);
  }

  /** Sends training requests in order, then waits for all results. */
  async train(path: string, bodies: readonly object[]): Promise<unknown[]> {
    const futures: (() => Promise<unknown>)[] = [];
    for (const body of bodies) {
      const numbered = { model_id: this.id, ...body, seq_id: ++this.sequence };
      futures.push(await this.connection.submit(path, numbered, this.signal));
    }
    const results: unknown[] = [];
    for (const future of futures) results.push(await future());
    return results;
  }

  /**
   * Makes the weights as they are now available for sampling, under a number of its own; returns the sampling session.
   * Some servers refuse a number that was used: one whose reply was lost is left alone for the next.
   */
  async openSampler(nextNumber: () => number): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const number = nextNumber();
      const body = { model_id: this.id, sampling_session_seq_id: number, seq_id: number };
      try {
        const result = await this.connection.work('/save_weights_for_sampler', body, this.signal);
        const { sampling_session_id: session } = (result ?? {}) as { sampling_session_id?: unknown };
        if (typeof session === 'string') return session;
        throw requestFailed('/save_weights_for_sampler', 'the result names no sampling_session_id');
      } catch (error) {
        if (attempt >= 10 || !(error instanceof WireFailure && error.status === 409)) throw error;
      }
    }
  }

  /**
   * Saves weights and optimiser on the server; returns the `tinker://` path. No other save has the name, so "exists
   * already" means that this one arrived and its reply was lost.
   */
  async save(): Promise<string> {
    const name = `${this.name}-${++this.saves}`;
    try {
      const result = await this.connection.work('/save_weights', { model_id: this.id, path: name }, this.signal);
      const { path } = (result ?? {}) as { path?: unknown };
      if (typeof path === 'string') return path;
      throw requestFailed('/save_weights', 'the result names no path');
    } catch (error) {
      if (!(error instanceof WireFailure && error.status === 409)) throw error;
      for (let attempt = 0; attempt < 60; attempt++) {
        const place = `/training_runs/${this.id}/checkpoints`;
        const { checkpoints = [] } = (await this.connection.get(place, this.signal)) as {
          checkpoints?: { checkpoint_id?: string; tinker_path?: string }[];
        };
        const found = checkpoints.find(({ tinker_path: path }) => path?.endsWith(`/${name}`) === true);
        if (found?.tinker_path !== undefined) return found.tinker_path;
        await pause(50 * (attempt + 1), null, { signal: this.signal });
      }
      throw error;
    }
  }

  /**
   * Only as the model's first request.
   *
   * @returns whether the model has the weights; false when the request arrived twice, by a repetition here or on the
   *   way, and the second was refused for not being the first: another model has to take this one's place
   */
  async load(path: string): Promise<boolean> {
    try {
      await this.train('/load_weights', [{ path, optimizer: true }]);
      return true;
    } catch (error) {
      if (error instanceof WireFailure && isRepetition(error)) return false;
      throw error;
    }
  }

  async unload(): Promise<void> {
    await this.connection.work('/unload_model', { model_id: this.id }, AbortSignal.timeout(5000));
  }
}

/** Servers say "LoadWeights is not permitted with seq_id ..." to one that is not the first request. */
function isRepetition({ status, attempts, message }: WireFailure): boolean {
  return status === 409 || (status === 400 && (attempts > 1 || message.includes('not permitted')));
}
