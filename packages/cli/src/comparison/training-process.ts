import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PlannedRun } from './planned-run.js';

/** How a training ended. */
export type TrainingEnd =
  { readonly kind: 'done' } | { readonly kind: 'stopped' } | { readonly kind: 'failed'; readonly reason: string };

export interface TrainingProcess {
  /** Lets it finish its step and save; call again to end it at once. */
  stop(): void;
  readonly ended: Promise<TrainingEnd>;
}

/**
 * The trainings that run now; they end with this process, however it ends. One listener serves all: Node warns after
 * ten.
 */
const underWay = new Set<ChildProcess>();
function endAll(): void {
  for (const child of underWay) child.kill('SIGKILL');
}

/**
 * Trains in a process of its own, its output in `<folder>.log`. The process is in a group of its own, so that Ctrl-C
 * reaches this one alone, and holds a channel to this one: when the channel closes, also because this process was killed,
 * it ends in order.
 *
 * @param program Executable and words that start the command line.
 * @param currentFolder Relative paths in `--set` start there.
 */
export function startTraining(
  program: readonly string[],
  { folder, options }: PlannedRun,
  resume: boolean,
  currentFolder: string,
): TrainingProcess {
  const [executable = process.execPath, ...first] = program;
  const words = [
    ...['train', '-c', options.config, ...options.set.flatMap((set) => ['--set', set]), '--run-dir', folder],
    ...(resume ? ['--resume'] : []),
    ...(options.locked === true ? ['--locked'] : []),
  ];
  const log = `${folder}.log`;
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const start = readFileSync(log, 'utf8').length;
  const child = spawn(executable, [...first, ...words], {
    cwd: currentFolder,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', output, 'ipc'],
  });
  closeSync(output);
  if (underWay.size === 0) process.on('exit', endAll);
  underWay.add(child);
  const ended = new Promise<TrainingEnd>((resolve) => {
    child.on('error', (error) => resolve({ kind: 'failed', reason: error.message }));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve({ kind: 'done' });
      else if (code === 130) resolve({ kind: 'stopped' });
      else resolve({ kind: 'failed', reason: reasonIn(log, start) ?? `ended with ${signal ?? `exit code ${code}`}` });
    });
  });
  void ended.finally(() => {
    underWay.delete(child);
    if (underWay.size === 0) process.off('exit', endAll);
  });
  return {
    stop: () => {
      if (child.connected) child.disconnect();
      else child.kill('SIGKILL');
    },
    ended,
  };
}

/** The error a training printed last, after `start`; `null` when there is none, or its folder is gone. */
function reasonIn(log: string, start: number): string | null {
  if (!existsSync(log)) return null;
  const lines = readFileSync(log, 'utf8').slice(start).split('\n');
  return lines.findLast((line) => /^error\b/.test(line))?.replace(/^error:? /, '') ?? null;
}
