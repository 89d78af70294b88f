import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The metrics of a step on their way. */
export interface StepMetrics {
  readonly step: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A file of metrics that could not be sent, one step a line, oldest first. */
export class Spool {
  constructor(readonly file: string) {}

  async append(steps: readonly StepMetrics[]): Promise<void> {
    if (steps.length === 0) return;
    await mkdir(dirname(this.file), { recursive: true });
    await appendFile(this.file, steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
  }

  /** A line cut off by a crash is left out. */
  async read(): Promise<StepMetrics[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as StepMetrics];
      } catch {
        return [];
      }
    });
  }

  /** Keeps only these. */
  async replace(steps: readonly StepMetrics[]): Promise<void> {
    if (steps.length === 0) return rm(this.file, { force: true });
    await writeFile(`${this.file}.partial`, steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
    await rename(`${this.file}.partial`, this.file);
  }
}
