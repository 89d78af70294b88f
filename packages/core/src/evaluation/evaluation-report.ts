import type { QuestionScore } from './question-score.js';

/** What an evaluation measured; all rates are means over trajectories in [0, 1]. */
export interface EvaluationMeasures {
  readonly questions: number;
  readonly trajectories: number;
  /** Answers equal to a gold answer after normalisation. Unanswered counts as 0. */
  readonly exactMatch: number;
  /** Token F1 against the best gold answer; yes and no count as a whole. */
  readonly f1: number;
  /** Answers that contain a gold answer, both normalised (sub-EM). */
  readonly coverMatch: number;
  /** Trajectories whose observations, as the policy saw them, held a gold answer; yes/no answers never count. */
  readonly goldRetrieved: number;
  /** Share of a question's supporting passages that were shown, over questions that name some; `null` when none does. */
  readonly supportingRecall: number | null;
  /** Mean number of policy outputs. */
  readonly turnsMean: number;
  /** Mean number of turns that searched. */
  readonly searchesMean: number;
  /** Trajectories that gave an answer. */
  readonly answered: number;
  /** Trajectories that gave no answer. */
  readonly unanswered: number;
  /** Turns with neither a search nor an answer, as a share of all turns. */
  readonly invalidRate: number;
  /** Trajectories that policy or search failed on; they count as wrong above. */
  readonly failures: number;
}

export interface EvaluationReport extends EvaluationMeasures {
  /** The same by the number of hops and by the type of the question, where questions say. */
  readonly byHops: Readonly<Record<string, EvaluationMeasures>>;
  readonly byType: Readonly<Record<string, EvaluationMeasures>>;
}

/** Sums up the scores of questions. */
export function reportOn(scores: readonly QuestionScore[]): EvaluationReport {
  return { ...measuresOf(scores), ...byHopsAndType(scores, measuresOf) };
}

/** Applies something to the questions of each number of hops and of each type, in order of their names. */
export function byHopsAndType<Result>(
  scores: readonly QuestionScore[],
  sumUp: (scores: readonly QuestionScore[]) => Result,
): { readonly byHops: Record<string, Result>; readonly byType: Record<string, Result> } {
  const by = (key: 'hops' | 'type'): Record<string, Result> => {
    const names = [...new Set(scores.flatMap((score) => score[key] ?? []))];
    const sorted = names.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    return Object.fromEntries(
      sorted.map((name) => [String(name), sumUp(scores.filter((score) => score[key] === name))]),
    );
  };
  return { byHops: by('hops'), byType: by('type') };
}

function measuresOf(scores: readonly QuestionScore[]): EvaluationMeasures {
  const trajectories = scores.reduce((sum, score) => sum + score.trajectories, 0);
  const total = (measure: (score: QuestionScore) => number): number =>
    scores.reduce((sum, score) => sum + measure(score) * score.trajectories, 0);
  const mean = (measure: (score: QuestionScore) => number): number =>
    trajectories === 0 ? 0 : total(measure) / trajectories;
  const supported = scores.filter(({ supportingRecall }) => supportingRecall !== null);
  const turns = total((score) => score.turns);
  const unanswered = mean((score) => score.unanswered);
  return {
    questions: scores.length,
    trajectories,
    exactMatch: mean(({ exactMatch }) => exactMatch),
    f1: mean(({ f1 }) => f1),
    coverMatch: mean(({ coverMatch }) => coverMatch),
    goldRetrieved: mean(({ goldRetrieved }) => goldRetrieved),
    supportingRecall:
      supported.length === 0
        ? null
        : supported.reduce((sum, { supportingRecall }) => sum + (supportingRecall ?? 0), 0) / supported.length,
    turnsMean: mean((score) => score.turns),
    searchesMean: mean(({ searches }) => searches),
    answered: trajectories === 0 ? 0 : 1 - unanswered,
    unanswered,
    invalidRate: turns === 0 ? 0 : total(({ invalidTurns }) => invalidTurns) / turns,
    failures: scores.reduce((sum, { failures }) => sum + failures, 0),
  };
}
