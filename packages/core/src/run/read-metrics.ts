import { TurnwiseError } from '../errors/index.js';
import { runFiles } from './run-files.js';
import { wholeLines } from './whole-lines.js';

/** One line of `metrics.jsonl`. */
export type MetricRow = Readonly<Record<string, number>>;

/**
 * The metrics of a run, one object a step. A last line cut off by a crash is left out.
 *
 * @throws RUN_NOT_FOUND, RUN_CORRUPT (any other line that is not JSON).
 */
export async function readMetrics(runFolder: string): Promise<MetricRow[]> {
  const rows: MetricRow[] = [];
  for await (const row of metricRows(runFolder)) rows.push(row);
  return rows;
}

/** The same rows one at a time, for callers that may stop early: later lines then go unread. Throws the same errors. */
export async function* metricRows(runFolder: string): AsyncGenerator<MetricRow> {
  const { metrics: file } = runFiles(runFolder);
  let index = 0;
  try {
    for await (const line of wholeLines(file)) yield parseLine(file, line, index++);
  } catch (cause) {
    if (TurnwiseError.is(cause)) throw cause;
    throw new TurnwiseError('RUN_NOT_FOUND', `There are no metrics in ${runFolder}.`, { where: file, cause });
  }
}

/** The row in a line of a file that is followed while it is written; `null` when the line is no JSON object. */
export function metricRowIn(line: string): MetricRow | null {
  try {
    const value = JSON.parse(line) as unknown;
    return isRow(value) ? value : null;
  } catch {
    return null;
  }
}

function isRow(value: unknown): value is MetricRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseLine(file: string, line: string, index: number): MetricRow {
  const where = `${file}:${index + 1}`;
  // Only what was measured in that step is lost then; whoever goes on counts the lines.
  const without = index === 0 ? '' : `; without one, {"step":${index}} in its place lets the run go on`;
  const hint = `Put the line back from a copy of the file${without}.`;
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is not valid JSON.`, { where, hint, cause });
  }
  if (isRow(row)) return row;
  throw new TurnwiseError('RUN_CORRUPT', `${where}: the line is no JSON object.`, { where, hint });
}
