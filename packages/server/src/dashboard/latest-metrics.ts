import { GrowingFile, runFiles, type MetricRow } from '@turnwise/core';
import { inTurn } from './in-turn.js';
import { countRows, lastLines, lastLineWith, parseRows } from './metric-lines.js';

/** Steps that the speed of a run is taken from. */
const recentRows = 20;

/** What the table of runs says of a run's metrics. */
export interface Latest {
  readonly rows: number;
  /** How often what was read no longer counted, as after a run was taken up again. */
  readonly restarts: number;
  /** The last rows, oldest first. */
  readonly recent: readonly MetricRow[];
  readonly exactMatch: number | null;
}

const none: Latest = { rows: 0, restarts: 0, recent: [], exactMatch: null };

/** The end of a run's metrics, and how many there are. Nothing else is parsed: a table of many runs has to be there at once. */
export class LatestMetrics {
  readonly #file: GrowingFile;
  #latest = none;

  constructor(run: string) {
    this.#file = new GrowingFile(runFiles(run).metrics);
  }

  readonly read: () => Promise<Latest> = inTurn(async () => {
    const { anew, pieces } = await this.#file.appended();
    if (anew && this.#latest.rows > 0) this.#latest = { ...none, restarts: this.#latest.restarts + 1 };
    for await (const lines of pieces) {
      const { rows, recent, exactMatch } = this.#latest;
      const measured = lastLineWith(lines, '"eval/exact-match":');
      this.#latest = {
        ...this.#latest,
        rows: rows + countRows(lines),
        recent: [...recent, ...parseRows(lastLines(lines, recentRows))].slice(-recentRows),
        exactMatch: (measured && parseRows(measured)[0]?.['eval/exact-match']) ?? exactMatch,
      };
    }
    return this.#latest;
  });
}
