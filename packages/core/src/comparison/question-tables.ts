import { TurnwiseError } from '../errors/index.js';
import type { QuestionScore } from '../evaluation/index.js';
import type { ScoreTable } from '../statistics/index.js';
import type { FinishedRun } from './finished-run.js';
import { heightWeights } from './learning-curve.js';

/** What strategies are compared on, question by question. */
export const comparedMeasures = ['exactMatch', 'f1', 'coverMatch', 'curveHeight'] as const;
export type ComparedMeasure = (typeof comparedMeasures)[number];

/**
 * The scores of a strategy: a row for each of its runs, a column for each held-out question. `curveHeight` is the exact
 * match of a question over the whole of training, weighted as the mean height of the curve; the others are those of the
 * last measurement.
 */
export function questionTable(runs: readonly FinishedRun[], measure: ComparedMeasure): ScoreTable {
  return runs.map((run) => {
    if (measure !== 'curveHeight') return lastScores(run).map((score) => score[measure]);
    const weights = heightWeights(run.measurements.map(({ step }) => step));
    const heights = lastScores(run).map(() => 0);
    run.measurements.forEach(({ scores }, index) =>
      scores.forEach(({ exactMatch }, question) => {
        heights[question] = (heights[question] as number) + exactMatch * (weights[index] as number);
      }),
    );
    return heights;
  });
}

function lastScores(run: FinishedRun): readonly QuestionScore[] {
  return run.measurements.at(-1)?.scores ?? [];
}

/**
 * Checks that all measurements of all runs asked the same questions in the same order: only then are differences between
 * runs paired.
 *
 * @throws RUN_CORRUPT naming the two runs that differ.
 */
export function assertSameQuestions(runs: readonly FinishedRun[]): void {
  const first = runs[0];
  if (first === undefined) return;
  const asked = (scores: readonly QuestionScore[]): string => JSON.stringify(scores.map(({ question }) => question));
  const expected = asked(lastScores(first));
  for (const run of runs) {
    const other = run.measurements.find(({ scores }) => asked(scores) !== expected);
    if (other === undefined) continue;
    throw new TurnwiseError(
      'RUN_CORRUPT',
      `The held-out questions of ${run.folder} after step ${other.step} are not those of ${first.folder}.`,
      { where: run.folder, hint: 'Delete the folder of the run that is out of step and compare again.' },
    );
  }
}
