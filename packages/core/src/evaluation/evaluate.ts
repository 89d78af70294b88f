import type { Question, TrajectoryGroup } from '../contract/index.js';
import { rolloutGroups, type RolloutOptions, type RolloutParts } from '../rollout/index.js';
import { questionScores, type QuestionScore } from './question-score.js';

/** What an evaluation measured; all rates are means over trajectories in [0, 1]. */
export interface EvaluationMeasures {
  readonly questions: number;
  readonly trajectories: number;
  /** Answers equal to a gold answer after normalisation. Unanswered counts as 0. */
  readonly exactMatch: number;
  /** Token F1 against the best gold answer. */
  readonly f1: number;
  /** Answers that contain a gold answer, both normalised (sub-EM). */
  readonly coverMatch: number;
  /** Trajectories whose observations, as the policy saw them, held a gold answer; yes/no answers never count. */
  readonly goldRetrieved: number;
  /** Share of a question's supporting passages that were shown, over questions that name some; `null` when none does. */
  readonly supportingRecall: number | null;
  /** Mean number of policy outputs. */
  readonly turnsMean: number;
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

export interface EvaluationRequest {
  readonly questions: readonly Question[];
  readonly runSeed: number;
  readonly step: number;
  readonly options: RolloutOptions;
  readonly signal: AbortSignal;
  readonly onTrajectory?: (done: number, total: number) => void;
}

export interface Evaluation {
  readonly report: EvaluationReport;
  readonly scores: readonly QuestionScore[];
  readonly groups: TrajectoryGroup[];
}

/** Rolls the policy out on the questions and scores the answers. */
export async function evaluate(parts: RolloutParts, request: EvaluationRequest): Promise<Evaluation> {
  const groups = await rolloutGroups(parts, { ...request, purpose: 'evaluation' });
  const scores = questionScores(groups);
  return { report: reportOn(scores), scores, groups };
}

/** Sums up the scores of questions. */
export function reportOn(scores: readonly QuestionScore[]): EvaluationReport {
  const by = (key: 'hops' | 'type'): Record<string, EvaluationMeasures> => {
    const names = [...new Set(scores.flatMap((score) => score[key] ?? []))];
    const sorted = names.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
    return Object.fromEntries(
      sorted.map((name) => [String(name), measuresOf(scores.filter((score) => score[key] === name))]),
    );
  };
  return { ...measuresOf(scores), byHops: by('hops'), byType: by('type') };
}

function measuresOf(scores: readonly QuestionScore[]): EvaluationMeasures {
  const trajectories = scores.reduce((sum, score) => sum + score.trajectories, 0);
  const total = (measure: (score: QuestionScore) => number): number =>
    scores.reduce((sum, score) => sum + measure(score) * score.trajectories, 0);
  const mean = (measure: (score: QuestionScore) => number): number =>
    trajectories === 0 ? 0 : total(measure) / trajectories;
  const supported = scores.filter(({ supportingRecall }) => supportingRecall !== null);
  const turns = total((score) => score.turns);
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
    unanswered: mean(({ unanswered }) => unanswered),
    invalidRate: turns === 0 ? 0 : total(({ invalidTurns }) => invalidTurns) / turns,
    failures: scores.reduce((sum, { failures }) => sum + failures, 0),
  };
}
