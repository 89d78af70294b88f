import { existsSync } from 'node:fs';
import { TurnwiseError } from '../errors/index.js';
import { heldOutScores, type HeldOutScores } from '../training/index.js';
import { metricRows } from './read-metrics.js';
import { runFiles } from './run-files.js';

/** What the metrics of a run say of the held-out questions, as far as they can be read. */
export interface RecordedMeasurements {
  readonly file: string;
  /** Lines that can be read, from the first on: one a step. */
  readonly rows: number;
  readonly measured: readonly { readonly step: number; readonly scores: HeldOutScores }[];
  /** Why the line after them cannot be read; `null` when there is none, or nobody asked for it. */
  readonly damage: TurnwiseError | null;
}

/** Reads the lines up to that of a step; later ones may be damaged. */
export async function recordedMeasurements(runFolder: string, upTo: number): Promise<RecordedMeasurements> {
  const { metrics: file } = runFiles(runFolder);
  const measured: { step: number; scores: HeldOutScores }[] = [];
  let rows = 0;
  if (!existsSync(file)) return { file, rows, measured, damage: null };
  try {
    for await (const row of metricRows(runFolder)) {
      const scores = heldOutScores(row);
      if (scores !== null) measured.push({ step: row['step'] ?? -1, scores });
      if (++rows > upTo) break;
    }
  } catch (error) {
    if (!TurnwiseError.is(error) || error.code !== 'RUN_CORRUPT') throw error;
    return { file, rows, measured, damage: error };
  }
  return { file, rows, measured, damage: null };
}

/** The first and the last measurement up to a step; the error that a line up to there, or the first one, is lost. */
export function measuredUpTo(
  { file, rows, measured, damage }: RecordedMeasurements,
  step: number,
): { readonly before: HeldOutScores; readonly after: HeldOutScores } | TurnwiseError {
  if (rows <= step && damage !== null) return damage;
  const [first] = measured;
  if (rows > step && first?.step === 0) {
    const last = measured.findLast((each) => each.step <= step) ?? first;
    return { before: first.scores, after: last.scores };
  }
  return new TurnwiseError('RUN_CORRUPT', `${file} has lost steps before the checkpoint of step ${step}.`, {
    where: file,
    hint: 'Put the file back from a copy.',
  });
}
