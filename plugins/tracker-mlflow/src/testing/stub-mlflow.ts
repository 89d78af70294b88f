import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredRun {
  readonly id: string;
  readonly name: string;
  readonly tags: Record<string, string>;
  readonly params: Record<string, string>;
  readonly metrics: { key: string; value: number; step: number }[];
  status: string;
  deleted: boolean;
}

/** How the server behaves from now on. */
export type StubMood = 'well' | 'refusing-connections' | 'unavailable' | 'silent';

/** A server that speaks the part of MLflow's REST API that the tracker uses, holds to its limits, and can be ill. */
export class StubMlflow implements AsyncDisposable {
  mood: StubMood = 'well';
  /** Answers the next so many requests with 500. */
  failNext = 0;
  readonly experiments = new Map<string, string>();
  readonly runs = new Map<string, StoredRun>();
  readonly requests: string[] = [];
  readonly authorizations = new Set<string | undefined>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<StubMlflow> {
    const stub = new StubMlflow();
    await new Promise<void>((resolve) => stub.server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.mood === 'silent') return;
    if (this.mood === 'refusing-connections') {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '', 'http://stub');
    const path = url.pathname.replace('/api/2.0/mlflow/', '');
    this.requests.push(path);
    this.authorizations.add(request.headers.authorization);
    const reply = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (this.mood === 'unavailable' || this.failNext > 0) {
      this.failNext = Math.max(0, this.failNext - 1);
      reply(503, { message: 'come back later' });
      return;
    }
    try {
      reply(200, this.handle(path, url.searchParams, body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)));
    } catch (error) {
      const [code = 'INTERNAL_ERROR', message = ''] = (error as Error).message.split(': ');
      reply(code === 'RESOURCE_DOES_NOT_EXIST' ? 404 : 400, { error_code: code, message });
    }
  }

  private handle(path: string, query: URLSearchParams, body: Record<string, unknown>): unknown {
    const run = (id: unknown): StoredRun => {
      const found = this.runs.get(String(id));
      if (found === undefined) throw new Error(`RESOURCE_DOES_NOT_EXIST: no run ${String(id)}`);
      return found;
    };
    switch (path) {
      case 'experiments/get-by-name': {
        const id = this.experiments.get(query.get('experiment_name') ?? '');
        if (id === undefined) throw new Error('RESOURCE_DOES_NOT_EXIST: no experiment');
        return { experiment: { experiment_id: id } };
      }
      case 'experiments/create': {
        if (this.experiments.has(String(body['name']))) throw new Error('RESOURCE_ALREADY_EXISTS: it is there');
        const id = String(this.experiments.size + 1);
        this.experiments.set(String(body['name']), id);
        return { experiment_id: id };
      }
      case 'runs/create': {
        const id = `run-${this.runs.size + 1}`;
        const tags = pairs(body['tags']);
        const name = String(body['run_name']);
        this.runs.set(id, { id, name, tags, params: {}, metrics: [], status: 'RUNNING', deleted: false });
        return { run: { info: { run_id: id } } };
      }
      case 'runs/get': {
        const { id, deleted } = run(query.get('run_id'));
        return { run: { info: { run_id: id, lifecycle_stage: deleted ? 'deleted' : 'active' } } };
      }
      case 'runs/update':
        run(body['run_id']).status = String(body['status']);
        return {};
      case 'runs/log-batch': {
        const stored = run(body['run_id']);
        const metrics = (body['metrics'] ?? []) as StoredRun['metrics'];
        const params = pairs(body['params']);
        if (metrics.length > 1000) throw new Error('INVALID_PARAMETER_VALUE: more than 1000 metrics');
        if (Object.keys(params).length > 100) throw new Error('INVALID_PARAMETER_VALUE: more than 100 params');
        for (const [key, value] of Object.entries(params)) {
          if (value.length > 500) throw new Error(`INVALID_PARAMETER_VALUE: param ${key} is too long`);
          if ((stored.params[key] ?? value) !== value) throw new Error(`INVALID_PARAMETER_VALUE: param ${key} changed`);
          stored.params[key] = value;
        }
        for (const { key } of metrics) {
          if (!/^[\w\-./ ]{1,250}$/.test(key)) throw new Error(`INVALID_PARAMETER_VALUE: metric name ${key}`);
        }
        stored.metrics.push(...metrics);
        return {};
      }
      default:
        throw new Error(`ENDPOINT_NOT_FOUND: ${path}`);
    }
  }
}

function pairs(value: unknown): Record<string, string> {
  return Object.fromEntries(
    ((value ?? []) as { key: string; value: string }[]).map(({ key, value: own }) => [key, own]),
  );
}
