import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time of each thread of this process so far, by its number; Linux only. */
export function threadTimes(): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      const [running] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      times.set(thread, Number(running) / 1e6);
    } catch {
      // It ended in between.
    }
  }
  return times;
}

/** Processor time by what the threads are for, in milliseconds. */
export interface ThreadShares {
  /** The thread of the policy. */
  readonly main: number;
  /** The policy's own threads, the busiest first. */
  readonly workers: readonly number[];
  /** Those of the runtime: garbage collection and compilers. */
  readonly runtime: number;
}

/** What threads did between two readings; of those that are not in `before` the busiest are the workers. */
export function shares(
  start: ReadonlyMap<string, number>,
  end: ReadonlyMap<string, number>,
  before: ReadonlySet<string>,
  count: number,
): ThreadShares {
  const main = String(process.pid);
  const spent = [...end].map(([thread, time]) => ({ thread, time: time - (start.get(thread) ?? 0) }));
  const workers = spent
    .filter(({ thread }) => !before.has(thread))
    .map(({ time }) => time)
    .toSorted((a, b) => b - a)
    .slice(0, count);
  const own = spent.find(({ thread }) => thread === main)?.time ?? 0;
  const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0);
  return { main: own, workers, runtime: sum(spent.map(({ time }) => time)) - own - sum(workers) };
}
