import { createReadStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The metrics of a step that is yet to be sent. */
export interface StepMetrics {
  readonly step: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const pieceBytes = 1 << 20;
const newline = 0x0a;

/** A file of metrics that could not be sent, one step a line, oldest first. */
export class Spool {
  constructor(readonly file: string) {}

  /**
   * Appends steps. When a crash cut off the last line, that line is ended first, so that the next step does not become
   * a part of it.
   */
  async append(steps: readonly StepMetrics[]): Promise<void> {
    if (steps.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true });
    const file = await open(this.file, 'a+');
    try {
      const start = (await endsInLine(file)) ? '' : '\n';
      await file.appendFile(start + steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
    } finally {
      await file.close();
    }
  }

  /**
   * Every step of the file, read in pieces: a server that is away for long leaves more than memory should hold. A line
   * cut off by a crash is left out. Throws what the file system says, except of a file that is not there.
   */
  async *read(): AsyncGenerator<StepMetrics> {
    let rest = Buffer.alloc(0);
    try {
      for await (const chunk of createReadStream(this.file, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
        const bytes = Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf(newline) + 1;
        for (const line of bytes.toString('utf8', 0, end).split('\n')) yield* stepIn(line);
        rest = bytes.subarray(end);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    yield* stepIn(rest.toString('utf8'));
  }

  /**
   * The steps above `through` that no rollback took back, in rising order: when a step comes again, its later values
   * count, and what stands between the two was taken back. Reads the file twice, because a rollback stands after what
   * it takes back; memory grows with the number of rollbacks alone.
   */
  async *standing(through: number): AsyncGenerator<StepMetrics> {
    const rollbacks = await this.rollbacks();
    let least = leastOf(rollbacks);
    let index = 0;
    for await (const entry of this.read()) {
      if (rollbacks[0]?.index === index) {
        rollbacks.shift();
        least = leastOf(rollbacks);
      }
      if (entry.step < least && entry.step > through) yield entry;
      index++;
    }
  }

  /** Removes the file, once what it held was sent. */
  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }

  /** Where the steps of the file begin again at an earlier one. */
  private async rollbacks(): Promise<{ index: number; step: number }[]> {
    const found = [];
    let last = Number.NEGATIVE_INFINITY;
    let index = 0;
    for await (const { step } of this.read()) {
      if (step <= last) found.push({ index, step });
      last = step;
      index++;
    }
    return found;
  }
}

function leastOf(rollbacks: readonly { step: number }[]): number {
  return rollbacks.reduce((least, { step }) => Math.min(least, step), Number.POSITIVE_INFINITY);
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === newline;
}

function stepIn(line: string): StepMetrics[] {
  try {
    return [JSON.parse(line) as StepMetrics];
  } catch {
    return [];
  }
}
