import { setTimeout } from 'node:timers/promises';
import { lockHolder, ProgressTable, runFiles } from '@turnwise/core';
import type { MissingRun } from '@turnwise/core';
import type { Session } from '../session.js';
import { ComparisonProgress } from './comparison-progress.js';
import { runStage } from './run-stage.js';
import type { PlannedRun } from './planned-run.js';
import { startTraining, type TrainingProcess } from './training-process.js';

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
  const stages = await stagesLeft(plan, table, signal);
  const queue = [...stages.keys()];
  const before = plan.length - queue.length;
  table.print(`${plan.length} runs, ${before} finished before; ${Math.min(jobs, queue.length)} at a time`);
  using progress = new ComparisonProgress(table, plan.length, before);
  const missing: MissingRun[] = [];
  const trainings = new Set<TrainingProcess>();
  const stopAll = (): void => {
    for (const training of trainings) training.stop();
  };
  signal.addEventListener('abort', stopAll, { once: true });
  const worker = async (): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      if (signal.aborted) {
        missing.push(missingRun(run, 'not started'));
        progress.skip();
        continue;
      }
      const training = startTraining(program, run, stages.get(run) === 'resume', terminal.currentFolder);
      trainings.add(training);
      const underWay = progress.begin(run);
      const end = await training.ended;
      await progress.end(underWay, end);
      trainings.delete(training);
      if (end.kind !== 'done') missing.push(missingRun(run, end.kind === 'failed' ? end.reason : 'stopped, saved'));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  } finally {
    signal.removeEventListener('abort', stopAll);
  }
  return missing;
}

function missingRun({ strategy, seed, folder }: PlannedRun, reason: string): MissingRun {
  return { strategy, seed, folder, reason };
}

/** The runs that are not finished, and how each is taken up. */
async function stagesLeft(
  plan: readonly PlannedRun[],
  table: ProgressTable,
  signal: AbortSignal,
): Promise<ReadonlyMap<PlannedRun, 'start' | 'resume'>> {
  const stages = new Map<PlannedRun, 'start' | 'resume'>();
  for (const run of plan) {
    await untilUnlocked(run, table, signal);
    const stage = await runStage(run);
    if (stage !== 'finished') stages.set(run, stage);
  }
  return stages;
}

/** Waits for the training of a comparison that was killed: it ends at its next step, and locks its folder until then. */
async function untilUnlocked({ folder }: PlannedRun, table: ProgressTable, signal: AbortSignal): Promise<void> {
  const { lock } = runFiles(folder);
  let holder = await lockHolder(lock);
  if (holder !== null) table.print(`waiting for process ${holder}, which is writing ${folder}`);
  while (holder !== null) {
    await setTimeout(300, undefined, { signal });
    holder = await lockHolder(lock);
  }
}
