import { printable } from '../text/index.js';

/** Where progress goes; `process.stderr` is one. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface StatusLineOptions {
  /** Milliseconds; only differences are used. Default: performance.now. */
  readonly now?: () => number;
}

/** Milliseconds between two redraws in a terminal. */
const redrawEvery = 80;
/** Milliseconds between two plain lines where there is no terminal. */
const plainEvery = 10_000;

/**
 * One line that says how far a long job is. In a terminal it is redrawn in place; elsewhere (a file, a pipe, CI) it
 * becomes plain lines, one every few seconds.
 */
export class StatusLine {
  private readonly interval: number;
  private readonly now: () => number;
  private drawn = false;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly output: ProgressOutput,
    { now = () => performance.now() }: StatusLineOptions = {},
  ) {
    this.interval = output.isTTY ? redrawEvery : plainEvery;
    this.now = now;
  }

  /** Shows a new state, unless the last one is too fresh. `always` shows it in any case. */
  update(text: () => string, always = false): void {
    const now = this.now();
    if (!always && now - this.last < this.interval) return;
    this.last = now;
    if (!this.output.isTTY) {
      this.output.write(`${printable(text())}\n`);
      return;
    }
    const width = Math.max(20, (this.output.columns ?? 80) - 1);
    const line = printable(text());
    this.output.write(`\r\u001b[2K${line.length > width ? `${line.slice(0, width - 1)}…` : line}`);
    this.drawn = true;
  }

  /** Writes a line that stays, without control characters; a status line in a terminal goes below it with the next update. */
  print(text: string): void {
    this.clear();
    this.output.write(`${printable(text)}\n`);
  }

  /** Removes the line from a terminal. */
  clear(): void {
    if (!this.drawn) return;
    this.output.write('\r\u001b[2K');
    this.drawn = false;
    this.last = Number.NEGATIVE_INFINITY;
  }
}
