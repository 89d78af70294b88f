import { boundedBytes } from '@turnwise/core';

/** Longer replies are not read: what is asked for is a few lines. */
const mostReplyBytes = 16_777_216;

/** A request MLflow did not answer as hoped. */
export class MlflowFailure extends Error {
  constructor(
    message: string,
    /** MLflow's own code, e.g. `RESOURCE_DOES_NOT_EXIST`; `null` when it said none. */
    readonly code: string | null,
    /** Whether another try may succeed. */
    readonly passes: boolean,
  ) {
    super(message);
    this.name = 'MlflowFailure';
  }
}

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly step: number;
}

export interface MlflowPair {
  readonly key: string;
  readonly value: string;
}

export interface MlflowClientOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** The part of MLflow's REST API (2.0) that a run needs. Methods throw `MlflowFailure`, or the reason of an abort. */
export class MlflowClient {
  constructor(private readonly options: MlflowClientOptions) {}

  /** Id of the experiment of that name, which is made when it is not there. */
  async experimentId(name: string, signal: AbortSignal): Promise<string> {
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const found = async (): Promise<string> =>
      text(await this.call('GET', path, null, signal), 'experiment', 'experiment_id');
    try {
      return await found();
    } catch (error) {
      if (!(error instanceof MlflowFailure) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    }
    try {
      return text(await this.call('POST', 'experiments/create', { name }, signal), 'experiment_id');
    } catch (error) {
      // Another run made it in between.
      if (error instanceof MlflowFailure && error.code === 'RESOURCE_ALREADY_EXISTS') return found();
      throw error;
    }
  }

  async createRun(
    run: { experimentId: string; name: string; startTime: number; tags: readonly MlflowPair[] },
    signal: AbortSignal,
  ): Promise<string> {
    const body = { experiment_id: run.experimentId, run_name: run.name, start_time: run.startTime, tags: run.tags };
    return text(await this.call('POST', 'runs/create', body, signal), 'run', 'info', 'run_id');
  }

  /** Whether the run is there and not in the bin. */
  async hasRun(runId: string, signal: AbortSignal): Promise<boolean> {
    try {
      const reply = await this.call('GET', `runs/get?run_id=${encodeURIComponent(runId)}`, null, signal);
      return text(reply, 'run', 'info', 'lifecycle_stage') === 'active';
    } catch (error) {
      if (error instanceof MlflowFailure && error.code === 'RESOURCE_DOES_NOT_EXIST') return false;
      throw error;
    }
  }

  async logBatch(
    runId: string,
    batch: { metrics?: readonly MlflowMetric[]; params?: readonly MlflowPair[] },
    signal: AbortSignal,
  ): Promise<void> {
    await this.call('POST', 'runs/log-batch', { run_id: runId, ...batch }, signal);
  }

  async updateRun(runId: string, status: string, endTime: number | null, signal: AbortSignal): Promise<void> {
    const body = { run_id: runId, status, ...(endTime === null ? {} : { end_time: endTime }) };
    await this.call('POST', 'runs/update', body, signal);
  }

  private async call(method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const { url, headers, timeoutSeconds } = this.options;
    const address = `${url.replace(/\/+$/, '')}/api/2.0/mlflow/${path}`;
    let status: number;
    let reply: string;
    try {
      const response = await fetch(address, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        // Followed, a redirect would take the configured headers to wherever it leads.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      reply = (await boundedBytes(response.body, mostReplyBytes)).toString('utf8');
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new MlflowFailure(`${url} cannot be reached: ${reasonOf(cause)}`, null, true);
    }
    if (status >= 200 && status <= 299) return parsed(reply);
    const said = parsed(reply) as { error_code?: unknown; message?: unknown } | null;
    const code = typeof said?.error_code === 'string' ? said.error_code : null;
    const message = typeof said?.message === 'string' ? said.message : reply;
    const passes = [408, 425, 429].includes(status) || status >= 500;
    throw new MlflowFailure(
      `${url} answered ${status} to ${path.split('?')[0]}: ${message.slice(0, 300)}`,
      code,
      passes,
    );
  }
}

function parsed(reply: string): unknown {
  try {
    return JSON.parse(reply) as unknown;
  } catch {
    return null;
  }
}

/** A text deep in a reply. */
function text(reply: unknown, ...path: readonly string[]): string {
  const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], reply);
  if (typeof value === 'string') return value;
  throw new MlflowFailure(`the server's reply has no ${path.join('.')}: is it MLflow?`, null, false);
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
