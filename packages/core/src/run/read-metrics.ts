import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TurnwiseError } from '../errors/index.js';

/**
 * The metrics of a run, one object a step. A last line cut off by a crash is left out.
 *
 * @throws RUN_NOT_FOUND, RUN_CORRUPT (any other line that is not JSON).
 */
export async function readMetrics(runFolder: string): Promise<Readonly<Record<string, number>>[]> {
  const file = join(runFolder, 'metrics.jsonl');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('RUN_NOT_FOUND', `There are no metrics in ${runFolder}.`, { where: file, cause });
  });
  const lines = text.split('\n');
  const whole = lines.slice(0, -1);
  return whole.map((line, index) => parseLine(file, line, index));
}

/**
 * The metrics up to a step. Later lines go unread, so a line that a crash left among them does no harm.
 *
 * @throws RUN_CORRUPT for a line before it that is not JSON.
 */
export async function readMetricsUpTo(runFolder: string, step: number): Promise<Readonly<Record<string, number>>[]> {
  const file = join(runFolder, 'metrics.jsonl');
  const text = await readFile(file, 'utf8').catch(() => '');
  const whole = text.split('\n').slice(0, -1);
  return whole.slice(0, step + 1).map((line, index) => parseLine(file, line, index));
}

function parseLine(file: string, line: string, index: number): Record<string, number> {
  try {
    return JSON.parse(line) as Record<string, number>;
  } catch (cause) {
    const where = `${file}:${index + 1}`;
    throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is not valid JSON.`, { where, cause });
  }
}
