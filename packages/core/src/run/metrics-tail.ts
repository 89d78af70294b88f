import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricRow } from './read-metrics.js';
import { wholeLines } from './whole-lines.js';

/** Follows the metrics of a run that is being written: only what was added is read, however long the file became. */
export class MetricsTail {
  readonly #file: string;
  #offset = 0;

  constructor(runFolder: string) {
    this.#file = join(runFolder, 'metrics.jsonl');
  }

  /**
   * The rows since the last call; all of them when the file became shorter, as that of a run that goes on does. A line
   * that is no row is left out; a missing file has none.
   */
  async next(): Promise<MetricRow[]> {
    const size = await stat(this.#file).then(
      (found) => found.size,
      () => 0,
    );
    if (size < this.#offset) this.#offset = 0;
    const rows: MetricRow[] = [];
    if (size === this.#offset) return rows;
    for await (const line of wholeLines(this.#file, this.#offset)) {
      this.#offset += Buffer.byteLength(line) + 1;
      const row = parsed(line);
      if (row !== null) rows.push(row);
    }
    return rows;
  }
}

function parsed(line: string): MetricRow | null {
  try {
    return JSON.parse(line) as MetricRow;
  } catch {
    return null;
  }
}
