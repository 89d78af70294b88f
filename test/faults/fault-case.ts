import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { differences, leftoversIn, resultOf, steps, train, writeConfiguration } from './fault-run.js';

/** One kind of fault, tried some times. A try returns what went wrong; `null`: survived. */
export interface FaultCase {
  readonly name: string;
  /** What counts as survived. */
  readonly expects: string;
  readonly tries: readonly ((run: string) => Promise<string | null>)[];
  /** Why it was not tried. */
  readonly skipped?: string;
}

/** The run that was never stopped. */
export interface Whole {
  readonly place: string;
  readonly result: Record<string, string>;
  /** Writes of the run folder in order, and which of them are inside a checkpoint. */
  readonly writes: number;
  readonly checkpointWrites: readonly number[];
  readonly seconds: number;
}

export async function wholeRun(place: string): Promise<Whole> {
  writeConfiguration(place);
  const report = join(place, 'writes.txt');
  const run = join(place, 'whole');
  const { code, error, seconds } = await train(place, run, { action: 'count', report });
  if (code !== 0) throw new Error(`the run without a fault ended with ${code}: ${error}`);
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  const checkpointWrites = lines.flatMap((line, index) => (line.includes('.partial/') ? [index + 1] : []));
  return { place, result: resultOf(run, steps), writes: lines.length, checkpointWrites, seconds };
}

export const expectsSame = 'the same bytes after `--resume`';

/** Goes on and compares; `null` when everything is the same. */
export async function resumesEqual(
  { place, result }: Pick<Whole, 'place' | 'result'>,
  run: string,
): Promise<string | null> {
  const { code, error } = await train(place, run);
  if (code !== 0) return `--resume ended with ${code}: ${error}`;
  const differ = differences(result, resultOf(run, steps));
  if (differ.length > 0) return `differs in ${differ.join(', ')}`;
  const left = leftoversIn(run);
  return left.length > 0 ? `left behind ${left.join(', ')}` : null;
}

export async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await pause(20);
}
