import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The metrics of a step on their way. */
export interface StepMetrics {
  readonly step: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const pieceBytes = 1 << 20;

/** A file of metrics that could not be sent, one step a line, oldest first. */
export class Spool {
  constructor(readonly file: string) {}

  async append(steps: readonly StepMetrics[]): Promise<void> {
    if (steps.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true });
    await appendFile(this.file, steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
  }

  /**
   * In pieces: a server that is dead for long leaves more than a text may hold. A line cut off by a crash is left out.
   * Throws what the file system says, except of a file that is not there.
   */
  async read(): Promise<StepMetrics[]> {
    const steps: StepMetrics[] = [];
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of createReadStream(this.file, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
        const bytes = Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf('\n') + 1;
        for (const line of bytes.toString('utf8', 0, end).split('\n')) steps.push(...stepIn(line));
        rest = bytes.subarray(end);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    steps.push(...stepIn(rest.toString('utf8')));
    return steps;
  }

  /** What it held was sent. */
  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }
}

function stepIn(line: string): StepMetrics[] {
  try {
    return [JSON.parse(line) as StepMetrics];
  } catch {
    return [];
  }
}
