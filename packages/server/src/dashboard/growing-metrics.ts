import { GrowingFile, runFiles, type MetricRow } from '@turnwise/core';
import { inTurn } from './in-turn.js';
import { readLines } from './metric-lines.js';
import type { MetricColumns } from './views.js';

/** All metrics of a run that may still be written: what was read stays, and only what was appended is read again. */
export class GrowingMetrics {
  readonly #file: GrowingFile;
  #rows: MetricRow[] = [];
  #unreadable = 0;

  constructor(run: string) {
    this.#file = new GrowingFile(runFiles(run).metrics);
  }

  /** Columns of the rows from `from` on, all of them or those of some names. A missing file has none. */
  async columns(from: number, only?: readonly string[]): Promise<MetricColumns> {
    const rows = await this.#read();
    const part = rows.slice(from);
    const found = new Set<string>();
    for (const row of part) for (const name in row) found.add(name);
    const names = [...found];
    const asked = only === undefined ? names : names.filter((name) => only.includes(name));
    const columns = asked.map((name) => [name, part.map((row) => row[name] ?? null)] as const);
    return { from, rows: rows.length, names, columns: Object.fromEntries(columns) };
  }

  /** Whole lines that hold no row. */
  async unreadable(): Promise<number> {
    await this.#read();
    return this.#unreadable;
  }

  readonly #read: () => Promise<readonly MetricRow[]> = inTurn(async () => {
    const { anew, pieces } = await this.#file.appended();
    if (anew) [this.#rows, this.#unreadable] = [[], 0];
    for await (const lines of pieces) {
      const { rows, unreadable } = readLines(lines);
      for (const row of rows) this.#rows.push(row);
      this.#unreadable += unreadable;
    }
    return this.#rows;
  });
}
