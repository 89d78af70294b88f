import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricColumns } from './views.js';

type Row = Readonly<Record<string, number>>;

/**
 * The metrics of a run that may still be written: what was read stays, and only what was appended is read again. A file
 * that became shorter, as a resumed run's does, or was replaced, is read anew. A last line that is not whole yet waits.
 */
export class GrowingMetrics {
  #rows: Row[] = [];
  #offset = 0;
  #inode = 0;
  #tail = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(private readonly run: string) {}

  /** Reads what is new. Concurrent calls wait for one another. A missing file has no rows. */
  refresh(): Promise<readonly Row[]> {
    const refreshed = this.#reading.then(() => this.#read());
    this.#reading = refreshed.catch(() => undefined);
    return refreshed.then(() => this.#rows);
  }

  /** Columns of the rows from `from` on. */
  async columns(from: number): Promise<MetricColumns> {
    const rows = await this.refresh();
    const part = rows.slice(from);
    const names = new Set(part.flatMap((row) => Object.keys(row)));
    const columns = [...names].map((name) => [name, part.map((row) => row[name] ?? null)] as const);
    return { from, rows: rows.length, columns: Object.fromEntries(columns) };
  }

  async #read(): Promise<void> {
    const file = join(this.run, 'metrics.jsonl');
    const state = await stat(file).catch(() => null);
    if (state === null) {
      this.#forget();
      return;
    }
    if (state.ino !== this.#inode || state.size < this.#offset) this.#forget();
    this.#inode = state.ino;
    if (state.size === this.#offset) return;
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(state.size - this.#offset);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
      this.#offset += bytesRead;
      const lines = (this.#tail + buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.#tail = lines.pop() ?? '';
      for (const line of lines) {
        const row = parse(line);
        if (row !== null) this.#rows.push(row);
      }
    } finally {
      await handle.close();
    }
  }

  #forget(): void {
    this.#rows = [];
    this.#offset = 0;
    this.#inode = 0;
    this.#tail = '';
  }
}

/** A line that is no object is left out: a picture of the rest is better than none. */
function parse(line: string): Row | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? (value as Row) : null;
  } catch {
    return null;
  }
}
