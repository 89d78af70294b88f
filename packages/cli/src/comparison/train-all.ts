import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { formatDuration, lockHolder, MetricsTail, ProgressTable } from '@turnwise/core';
import type { MissingRun } from '@turnwise/core';
import type { Session } from '../session.js';
import { runStage } from './run-stage.js';
import type { PlannedRun } from './planned-run.js';
import { startTraining, type TrainingProcess } from './training-process.js';

interface Running {
  readonly run: PlannedRun;
  readonly started: number;
  readonly training: TrainingProcess;
  readonly metrics: MetricsTail;
  step: number;
  exactMatch: number | null;
}

/**
 * Does what is left of the runs, `jobs` at a time, each in its own process. A run that fails is reported and leaves the
 * others alone; an interrupt lets those under way finish their step and save.
 *
 * @returns the runs that are not finished, and why.
 */
export async function trainAll(session: Session, plan: readonly PlannedRun[], jobs: number): Promise<MissingRun[]> {
  const { terminal, signal } = session;
  const table = new ProgressTable(terminal.error);
  const program = terminal.program ?? [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
  const stages = new Map<PlannedRun, 'start' | 'resume'>();
  for (const run of plan) {
    await untilUnlocked(run, table, signal);
    const stage = await runStage(run);
    if (stage !== 'finished') stages.set(run, stage);
  }
  const queue = [...stages.keys()];
  const before = plan.length - queue.length;
  table.print(`${plan.length} runs, ${before} finished before; ${Math.min(jobs, queue.length)} at a time`);
  const missing: MissingRun[] = [];
  const running = new Set<Running>();
  let finished = before;
  const started = performance.now();
  const show = (): void => table.update(() => progressLines());
  const progressLines = (): string[] => {
    const done = finished - before;
    const left = queue.length + running.size;
    const pace = (performance.now() - started) / 1000 / Math.max(done, 1);
    const rest = done === 0 || left === 0 ? '' : `, about ${formatDuration(pace * left)} left`;
    const failed = missing.length === 0 ? '' : `, ${missing.length} failed`;
    return [
      `${finished}/${plan.length} runs finished${failed}, ${running.size} running${rest}`,
      ...[...running].map(line),
    ];
  };
  let looking = false;
  const watching = setInterval(() => {
    if (looking) return;
    looking = true;
    void Promise.all([...running].map(look))
      .then(show)
      .finally(() => (looking = false));
  }, 1000);
  const stopAll = (): void => {
    for (const { training } of running) training.stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  const worker = async (): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      if (signal.aborted) {
        missing.push(missingRun(run, 'not started'));
        continue;
      }
      const training = startTraining(program, run, stages.get(run) === 'resume', terminal.currentFolder);
      const metrics = new MetricsTail(run.folder);
      const state: Running = { run, training, metrics, started: performance.now(), step: 0, exactMatch: null };
      running.add(state);
      show();
      const end = await training.ended;
      await look(state);
      running.delete(state);
      if (end.kind === 'done') finished++;
      else missing.push(missingRun(run, end.kind === 'failed' ? end.reason : 'stopped, saved'));
      const outcome = end.kind === 'done' ? '' : end.kind === 'failed' ? `  FAILED: ${end.reason}` : '  stopped, saved';
      table.print(`${line(state)}${outcome}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  } finally {
    clearInterval(watching);
    signal.removeEventListener('abort', stopAll);
    table.clear();
  }
  return missing;
}

function missingRun({ strategy, seed, folder }: PlannedRun, reason: string): MissingRun {
  return { strategy, seed, folder, reason };
}

/** A training of a comparison that was killed ends at its next step; until then its folder is its own. */
async function untilUnlocked({ folder }: PlannedRun, table: ProgressTable, signal: AbortSignal): Promise<void> {
  const lock = join(folder, 'run.lock');
  let holder = await lockHolder(lock);
  if (holder !== null) table.print(`waiting for process ${holder}, which is writing ${folder}`);
  while (holder !== null) {
    await setTimeout(300, undefined, { signal });
    holder = await lockHolder(lock);
  }
}

/** Reads how far a run is. */
async function look(state: Running): Promise<void> {
  const metrics = await state.metrics.next().catch(() => []);
  state.step = metrics.at(-1)?.['step'] ?? state.step;
  state.exactMatch =
    metrics.findLast((row) => row['eval/exact-match'] !== undefined)?.['eval/exact-match'] ?? state.exactMatch;
}

function line({ run, step, exactMatch, started }: Running): string {
  const measured = exactMatch === null ? '' : `exact match ${(100 * exactMatch).toFixed(1)}%`;
  const { steps } = run.loaded.config.training;
  const place = `step ${step}/${steps}`.padEnd(7 + 2 * String(steps).length);
  const seconds = formatDuration((performance.now() - started) / 1000);
  return `${run.strategy.padEnd(14)} seed ${String(run.seed).padEnd(3)} ${place}  ${measured.padEnd(18)} ${seconds}`;
}
