import { formatDuration, MetricsTail, type ProgressTable } from '@turnwise/core';
import type { PlannedRun } from './planned-run.js';
import type { TrainingEnd } from './training-process.js';

/** A run under way, and how far it is known to be. */
export interface RunUnderWay {
  readonly run: PlannedRun;
  readonly started: number;
  readonly metrics: MetricsTail;
  step: number;
  exactMatch: number | null;
  /** The last look at it: the next one begins after that, or it would miss what that one takes. */
  looked: Promise<void>;
}

/** Shows how far the runs of a comparison are, every second, and writes a line on each that ends. */
export class ComparisonProgress implements Disposable {
  readonly #underWay = new Set<RunUnderWay>();
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #done = 0;
  #missing = 0;
  #looking = false;
  #closed = false;

  /**
   * @param all runs of the comparison
   * @param before those of them that were finished when it began
   */
  constructor(
    private readonly table: ProgressTable,
    private readonly all: number,
    private readonly before: number,
  ) {
    this.#timer = setInterval(() => this.#lookAtAll(), 1000);
  }

  begin(run: PlannedRun): RunUnderWay {
    const metrics = new MetricsTail(run.folder);
    const underWay = { run, metrics, started: performance.now(), step: 0, exactMatch: null, looked: Promise.resolve() };
    this.#underWay.add(underWay);
    this.#show();
    return underWay;
  }

  async end(underWay: RunUnderWay, end: TrainingEnd): Promise<void> {
    await look(underWay);
    this.#underWay.delete(underWay);
    if (end.kind === 'done') this.#done++;
    else this.#missing++;
    const outcome = end.kind === 'done' ? '' : end.kind === 'failed' ? `  FAILED: ${end.reason}` : '  stopped, saved';
    this.table.print(`${line(underWay)}${outcome}`);
  }

  /** Counts a run that will not be begun. */
  skip(): void {
    this.#missing++;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.table.clear();
  }

  #lookAtAll(): void {
    if (this.#looking) return;
    this.#looking = true;
    void Promise.all([...this.#underWay].map(look))
      .then(() => this.#show())
      .finally(() => (this.#looking = false));
  }

  #show(): void {
    // A look that was under way when the table was cleared would leave it there for good.
    if (this.#closed) return;
    this.table.update(() => [this.#summary(), ...[...this.#underWay].map(line)]);
  }

  #summary(): string {
    const left = this.all - this.before - this.#done - this.#missing;
    const pace = (performance.now() - this.#started) / 1000 / Math.max(this.#done, 1);
    const rest = this.#done === 0 || left === 0 ? '' : `, about ${formatDuration(pace * left)} left`;
    const failed = this.#missing === 0 ? '' : `, ${this.#missing} failed`;
    const finished = this.before + this.#done;
    return `${finished}/${this.all} runs finished${failed}, ${this.#underWay.size} running${rest}`;
  }
}

/** Reads how far a run is, once the last look is over. */
function look(underWay: RunUnderWay): Promise<void> {
  return (underWay.looked = underWay.looked.then(() => read(underWay)));
}

async function read(underWay: RunUnderWay): Promise<void> {
  const metrics = await underWay.metrics.next().catch(() => []);
  underWay.step = metrics.at(-1)?.['step'] ?? underWay.step;
  underWay.exactMatch =
    metrics.findLast((row) => row['eval/exact-match'] !== undefined)?.['eval/exact-match'] ?? underWay.exactMatch;
}

function line({ run, step, exactMatch, started }: RunUnderWay): string {
  const measured = exactMatch === null ? '' : `exact match ${(100 * exactMatch).toFixed(1)}%`;
  const { steps } = run.loaded.config.training;
  const place = `step ${step}/${steps}`.padEnd(7 + 2 * String(steps).length);
  const seconds = formatDuration((performance.now() - started) / 1000);
  return `${run.strategy.padEnd(14)} seed ${String(run.seed).padEnd(3)} ${place}  ${measured.padEnd(18)} ${seconds}`;
}
