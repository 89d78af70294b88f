import type { ProgressOutput } from './status-line.js';

export interface ProgressTableOptions {
  /** Milliseconds; only differences are used. Default: performance.now. */
  readonly now?: () => number;
}

/** Milliseconds between two redraws in a terminal. */
const redrawEvery = 200;
/** Milliseconds between two plain lines where there is no terminal. */
const plainEvery = 60_000;

/**
 * Several lines, each of which says how far one of several jobs is. In a terminal they are redrawn in place; elsewhere
 * only the first line is written now and then.
 */
export class ProgressTable {
  private readonly interval: number;
  private readonly now: () => number;
  private drawn = 0;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: ProgressOutput,
    { now = () => performance.now() }: ProgressTableOptions = {},
  ) {
    this.interval = output.isTTY ? redrawEvery : plainEvery;
    this.now = now;
  }

  /** Shows a new state, unless the last one is too fresh. */
  update(lines: () => readonly string[]): void {
    const now = this.now();
    if (now - this.last < this.interval) return;
    this.last = now;
    if (!this.output.isTTY) {
      this.output.write(`${lines()[0] ?? ''}\n`);
      return;
    }
    const width = Math.max(20, (this.output.columns ?? 80) - 1);
    const shown = lines().map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
    this.output.write(`${this.erasure()}${shown.join('\n')}`);
    this.drawn = shown.length;
  }

  /** Writes a line that stays above the table. */
  print(text: string): void {
    this.clear();
    this.output.write(`${text}\n`);
  }

  /** Removes the table from a terminal. */
  clear(): void {
    if (this.drawn === 0) return;
    this.output.write(this.erasure());
    this.drawn = 0;
    this.last = Number.NEGATIVE_INFINITY;
  }

  /** Moves to the start of the first drawn line and clears everything below. */
  private erasure(): string {
    if (this.drawn === 0) return '';
    return `\r${this.drawn > 1 ? `\u001b[${this.drawn - 1}A` : ''}\u001b[J`;
  }
}
