import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createSearchLayer, type Logger, type SearchTool } from '@turnwise/core';
import { HttpSearchTool, httpOptions } from '@turnwise/search-http';
import { buildIndex, LunrSearchTool } from '@turnwise/search-lunr';
import { startServer } from '@turnwise/server';
import { loadCorpus } from './corpora.js';

/** What a service process serves: a corpus itself, or another service behind the search layer. */
export interface ServiceSource {
  readonly corpus?: string;
  readonly behind?: string;
  readonly port?: number;
}

/** A retrieval service in a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts a service and waits until it listens. */
export function startService(source: ServiceSource): Promise<ServiceProcess> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(source)], { execArgv: process.execArgv });
    child.once('message', (url) => {
      resolve({ url: url as string, child });
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the service ended with code ${code}`));
    });
  });
}

async function toolFor({ corpus, behind }: ServiceSource): Promise<SearchTool> {
  if (behind !== undefined) {
    const tool = new HttpSearchTool(httpOptions.parse({ url: behind }));
    // Short patience, so that a benchmark of seconds sees what a run of hours would. Nothing is cached: every request
    // must reach the engine.
    return createSearchLayer(tool, {
      cacheEntries: 0,
      timeoutSeconds: 1,
      attempts: 2,
      retrySeconds: 0.05,
      breakerSeconds: 0.5,
    });
  }
  const { passages } = await loadCorpus(corpus ?? 'real');
  return new LunrSearchTool(buildIndex(passages, { titleBoost: 1, k1: 1.2, b: 0.75 }), passages, { titleMatch: 0.6 });
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const source = JSON.parse(process.argv[2] ?? '') as ServiceSource;
  const ignore = (): void => undefined;
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const server = await startServer(
    { search: await toolFor(source) },
    { port: source.port ?? 0, timeoutSeconds: 5 },
    logger,
  );
  process.send(server.url);
}
