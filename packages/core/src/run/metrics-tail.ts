import { GrowingFile } from './growing-file.js';
import { metricRowIn, type MetricRow } from './read-metrics.js';
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
      for (const line of lines.toString('utf8').split('\n')) {
        const row = metricRowIn(line);
        if (row !== null) rows.push(row);
      }
    }
    return rows;
  }
}
