import type { Connection } from './connection.js';
import type { TinkerContext } from './tinker-policy.js';
import { requestFailed } from './wire-failure.js';

/** A session on the server, kept alive by signs of life: servers unload the models of silent ones. */
export class Session {
  private constructor(
    readonly id: string,
    private readonly timer: NodeJS.Timeout,
    private readonly end: AbortController,
  ) {}

  static async open(
    connection: Connection,
    heartbeatSeconds: number,
    { signal, logger }: Pick<TinkerContext, 'signal' | 'logger'>,
  ): Promise<Session> {
    const reply = await connection.post('/create_session', { tags: ['turnwise'], sdk_version: 'turnwise' }, signal);
    const { session_id: id } = (reply ?? {}) as { session_id?: unknown };
    if (typeof id !== 'string') throw requestFailed('/create_session', 'the reply names no session_id');
    let beating = false;
    const end = new AbortController();
    const own = AbortSignal.any([signal, end.signal]);
    const beat = async (): Promise<void> => {
      if (beating) return;
      beating = true;
      try {
        await connection.post('/session_heartbeat', { session_id: id }, own);
      } catch (error) {
        if (!own.aborted) logger.warn(`no sign of life reached the server: ${(error as Error).message}`);
      } finally {
        beating = false;
      }
    };
    await beat();
    const timer = setInterval(() => void beat(), heartbeatSeconds * 1000);
    timer.unref();
    return new Session(id, timer, end);
  }

  /** Ends one under way too: with the server gone it would be tried again, and keep the process, until patience is spent. */
  close(): void {
    clearInterval(this.timer);
    this.end.abort(new Error('the session is closed'));
  }
}
