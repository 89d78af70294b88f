import type { Question, Trajectory, TrajectoryGroup } from '../contract/index.js';
import { findFirstOccurrence } from '../credit/index.js';
import {
  containsAnswer,
  exactMatch,
  goldMatcher,
  multiHopF1,
  normalizeAnswer,
  type GoldMatcher,
} from '../text/index.js';

/**
 * Name of the way answers are scored, pinned in reports: two numbers compare only under the same one.
 * EM as SQuAD, HotpotQA and Search-R1 score it, F1 as HotpotQA does (`multiHopF1`), cover match as Search-R1's
 * `subem_check` but without gold answers that normalise to nothing, gold retrieved by normalised substring with the
 * default guards. `squad-em-f1-cover/1` before it took F1 without HotpotQA's rule for yes and no.
 */
export const metricVersion = 'hotpot-em-f1-cover/2';

/** How one trajectory did. Rates are in [0, 1]; a question nobody answered scores 0. */
export interface TrajectoryScore {
  readonly exactMatch: number;
  /** Token F1 against the best gold answer; yes and no count as a whole. */
  readonly f1: number;
  /** 1 when the answer contains a gold answer, both normalised (sub-EM). */
  readonly coverMatch: number;
  /** 1 when an observation, as the policy saw it, held a gold answer; yes/no answers never count. */
  readonly goldRetrieved: number;
  /** Share of the question's supporting passages among the passages shown; `null` when it names none. */
  readonly supportingRecall: number | null;
  /** How many outputs the policy wrote. */
  readonly turns: number;
  /** How many turns searched. */
  readonly searches: number;
  /** How many turns neither searched nor answered. */
  readonly invalidTurns: number;
  /** 1 when it gave no answer. */
  readonly unanswered: number;
  /** 1 when policy or search failed on it; it counts as wrong. */
  readonly failed: number;
}

/**
 * How one question was answered: means over its trajectories, and what it takes to compare two runs question by
 * question.
 */
export interface QuestionScore extends Omit<TrajectoryScore, 'failed'> {
  /** The question's id. */
  readonly question: string;
  readonly hops?: number;
  readonly type?: string;
  readonly trajectories: number;
  /** Trajectories that policy or search failed on. */
  readonly failures: number;
  /** What was answered, trajectory by trajectory; `null` for no answer. */
  readonly answers: readonly (string | null)[];
}

/** Scores one trajectory. */
export function trajectoryScore(
  question: Question,
  trajectory: Trajectory,
  matcher: GoldMatcher = goldMatcher(question),
): TrajectoryScore {
  const answer = trajectory.answer ?? '';
  const goldAnswers = question.answers.filter((gold) => normalizeAnswer(gold) !== '');
  return {
    exactMatch: answer !== '' ? exactMatch(answer, question.answers) : 0,
    f1: answer === '' ? 0 : multiHopF1(answer, question.answers),
    coverMatch: answer === '' ? 0 : containsAnswer(answer, goldAnswers),
    goldRetrieved: findFirstOccurrence(trajectory, matcher) === null ? 0 : 1,
    supportingRecall: supportingRecall(question, trajectory),
    turns: trajectory.turns.length,
    searches: trajectory.turns.filter(({ action }) => action.kind === 'search').length,
    invalidTurns: trajectory.turns.filter(({ action }) => action.kind === 'invalid').length,
    unanswered: trajectory.answer === null ? 1 : 0,
    failed: trajectory.failure === undefined ? 0 : 1,
  };
}

function supportingRecall({ supportingIds = [] }: Question, { turns }: Trajectory): number | null {
  if (supportingIds.length === 0) return null;
  const shown = new Set(turns.flatMap(({ observation }) => observation?.hits.map(({ id }) => id) ?? []));
  const wanted = new Set(supportingIds);
  return [...wanted].filter((id) => shown.has(id)).length / wanted.size;
}

/** Scores each question of an evaluation, in its order. */
export function questionScores(groups: readonly TrajectoryGroup[]): QuestionScore[] {
  return groups.map(({ question, trajectories }) => {
    const matcher = goldMatcher(question);
    const scores = trajectories.map((trajectory) => trajectoryScore(question, trajectory, matcher));
    const mean = (measure: (score: TrajectoryScore) => number): number =>
      scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + measure(score), 0) / scores.length;
    return {
      question: question.id,
      ...(question.hops === undefined ? {} : { hops: question.hops }),
      ...(question.type === undefined ? {} : { type: question.type }),
      trajectories: scores.length,
      exactMatch: mean(({ exactMatch }) => exactMatch),
      f1: mean(({ f1 }) => f1),
      coverMatch: mean(({ coverMatch }) => coverMatch),
      goldRetrieved: mean(({ goldRetrieved }) => goldRetrieved),
      supportingRecall:
        scores[0]?.supportingRecall == null ? null : mean(({ supportingRecall }) => supportingRecall ?? 0),
      turns: mean(({ turns }) => turns),
      searches: mean(({ searches }) => searches),
      invalidTurns: mean(({ invalidTurns }) => invalidTurns),
      unanswered: mean(({ unanswered }) => unanswered),
      failures: scores.filter(({ failed }) => failed > 0).length,
      answers: trajectories.map(({ answer }) => answer),
    };
  });
}
