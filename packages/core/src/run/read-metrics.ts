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
  return whole.map((line, index) => {
    try {
      return JSON.parse(line) as Record<string, number>;
    } catch (cause) {
      const where = `${file}:${index + 1}`;
      throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is not valid JSON.`, { where, cause });
    }
  });
}
