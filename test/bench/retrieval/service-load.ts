import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadCorpus } from './corpora.js';
import { round } from './measure.js';
import { startService, type ServiceProcess } from './service-process.js';

/** What a load generator saw. */
export interface LoadReport {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly ok: number;
  /** Replies by HTTP status other than 2xx. */
  readonly refused: number;
  /** Requests without any reply: connection errors and the generator's own time-outs. */
  readonly failed: number;
}

interface AutocannonResult {
  readonly requests: { readonly average: number; readonly total: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly '2xx': number;
  readonly non2xx: number;
}

const connections = 64;
const autocannon = createRequire(import.meta.url).resolve('autocannon');

/** Posts one search after the other over 64 connections, each query another, from a process of its own. */
async function load(url: string, body: string, seconds: number): Promise<LoadReport> {
  const words = [
    '-c',
    connections,
    '-d',
    seconds,
    '-t',
    10,
    '-m',
    'POST',
    '-H',
    'content-type=application/json',
    '-b',
    body,
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [autocannon, '--json', '--no-progress', ...words.map(String), `${url}/retrieve`],
    { maxBuffer: 64_000_000 },
  );
  const result = JSON.parse(stdout) as AutocannonResult;
  return {
    requests: result.requests.total,
    requestsPerSecond: round(result.requests.average),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    ok: result['2xx'],
    refused: result.non2xx,
    failed: result.errors + result.timeouts,
  };
}

/**
 * The service under load: alone, then as a front over a second service that is healthy, stalled (stopped by a signal),
 * let go on, killed, and started again.
 */
export async function measureService(corpus: string, seconds: number): Promise<Record<string, LoadReport>> {
  const { queries } = await loadCorpus(corpus);
  const body = JSON.stringify({ queries: [`${queries[0]?.text} [<id>]`], topk: 3, return_scores: true });
  const services: ServiceProcess[] = [];
  const start = async (source: Parameters<typeof startService>[0]): Promise<ServiceProcess> => {
    const service = await startService(source);
    services.push(service);
    return service;
  };
  try {
    const alone = await start({ corpus });
    const reports: Record<string, LoadReport> = { alone: await load(alone.url, body, seconds) };
    const port = Number(new URL(alone.url).port);
    const front = await start({ behind: alone.url });
    reports['front'] = await load(front.url, body, seconds);
    alone.child.kill('SIGSTOP');
    reports['engineStalled'] = await load(front.url, body, seconds);
    alone.child.kill('SIGCONT');
    await wait(1500);
    reports['engineGoesOn'] = await load(front.url, body, seconds);
    alone.child.kill('SIGKILL');
    reports['engineKilled'] = await load(front.url, body, seconds);
    await start({ corpus, port });
    await wait(1500);
    reports['engineStartedAgain'] = await load(front.url, body, seconds);
    return reports;
  } finally {
    for (const { child } of services) child.kill('SIGKILL');
  }
}
