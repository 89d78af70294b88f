import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadCorpus } from './corpora.js';
import { engines, type EngineReport } from './engines.js';

/** Which engine to measure on which corpus. */
export interface Measurement {
  readonly engine: string;
  readonly corpus: string;
  /** Only the first so many queries. Default: all. */
  readonly queries?: number;
}

/** Measures one engine in a process of its own, so that no engine pays for the garbage of another. */
export function measureEngine(measurement: Measurement): Promise<EngineReport | { skipped: string }> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(measurement)], {
      execArgv: [...process.execArgv, '--max-old-space-size=6144'],
    });
    child.once('message', (report) => {
      resolve(report as EngineReport);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`measuring ${measurement.engine} on ${measurement.corpus} ended with code ${code}`));
    });
  });
}

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const { engine, corpus, queries } = JSON.parse(process.argv[2] ?? '') as Measurement;
  const loaded = await loadCorpus(corpus);
  const report = await engines[engine]?.({ ...loaded, queries: loaded.queries.slice(0, queries) });
  process.send(report, undefined, undefined, () => process.exit(0));
}
