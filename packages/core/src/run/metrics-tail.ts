import { GrowingFile } from './growing-file.js';
import type { MetricRow } from './read-metrics.js';
import { runFiles } from './run-files.js';

/** Follows the metrics of a run that is being written: only what was added is read, however long the file became. */
export class MetricsTail {
  readonly #file: GrowingFile;

  constructor(runFolder: string) {
    this.#file = new GrowingFile(runFiles(runFolder).metrics);
  }

  /**
   * The rows since the last call; all of them when the file was replaced or became shorter, as that of a run that goes on
   * does. A line that is no row is left out; a missing file has none.
   */
  async next(): Promise<MetricRow[]> {
    const rows: MetricRow[] = [];
    for await (const lines of (await this.#file.appended()).pieces) {
      rows.push(...lines.toString('utf8').split('\n').flatMap(parsed));
    }
    return rows;
  }
}

function parsed(line: string): MetricRow[] {
  try {
    const row = JSON.parse(line) as unknown;
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? [row as MetricRow] : [];
  } catch {
    return [];
  }
}
