import type { Question, TrajectoryGroup } from '../contract/index.js';
import { findFirstOccurrence } from '../credit/index.js';
import { rolloutGroups, type RolloutOptions, type RolloutParts } from '../rollout/index.js';
import { exactMatch, goldMatcher, tokenF1 } from '../text/index.js';

/** What an evaluation measured; all rates are means over trajectories in [0, 1]. */
export interface EvaluationReport {
  readonly questions: number;
  readonly trajectories: number;
  /** Answers equal to a gold answer after normalisation. Unanswered counts as 0. */
  readonly exactMatch: number;
  /** Token F1 against the best gold answer. */
  readonly f1: number;
  /** Trajectories whose observations, as the policy saw them, held a gold answer; yes/no answers never count. */
  readonly goldRetrieved: number;
  /** Mean number of policy outputs. */
  readonly turnsMean: number;
  /** Trajectories that gave no answer. */
  readonly unanswered: number;
  /** Turns with neither a search nor an answer, as a share of all turns. */
  readonly invalidRate: number;
  /** Trajectories that policy or search failed on; they count as wrong above. */
  readonly failures: number;
}

export interface EvaluationRequest {
  readonly questions: readonly Question[];
  readonly runSeed: number;
  readonly step: number;
  readonly options: RolloutOptions;
  readonly signal: AbortSignal;
  readonly onTrajectory?: (done: number, total: number) => void;
}

/** Rolls the policy out on the questions and scores the answers. */
export async function evaluate(
  parts: RolloutParts,
  request: EvaluationRequest,
): Promise<{ report: EvaluationReport; groups: TrajectoryGroup[] }> {
  const groups = await rolloutGroups(parts, { ...request, purpose: 'evaluation' });
  return { report: reportOn(groups), groups };
}

/** Scores recorded groups. */
export function reportOn(groups: readonly TrajectoryGroup[]): EvaluationReport {
  const rows = groups.flatMap(({ question, trajectories }) => {
    const matcher = goldMatcher(question);
    return trajectories.map((trajectory) => ({ question, trajectory, answer: trajectory.answer ?? '', matcher }));
  });
  const mean = (measure: (row: (typeof rows)[number]) => number): number =>
    rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + measure(row), 0) / rows.length;
  const turns = rows.flatMap(({ trajectory }) => trajectory.turns);
  return {
    questions: groups.length,
    trajectories: rows.length,
    exactMatch: mean(({ question, answer }) => (answer !== '' && exactMatch(answer, question.answers) ? 1 : 0)),
    f1: mean(({ question, answer }) => (answer === '' ? 0 : tokenF1(answer, question.answers))),
    goldRetrieved: mean(({ trajectory, matcher }) => (findFirstOccurrence(trajectory, matcher) === null ? 0 : 1)),
    turnsMean: mean(({ trajectory }) => trajectory.turns.length),
    unanswered: mean(({ trajectory }) => (trajectory.answer === null ? 1 : 0)),
    invalidRate: turns.length === 0 ? 0 : turns.filter(({ action }) => action.kind === 'invalid').length / turns.length,
    failures: rows.filter(({ trajectory }) => trajectory.failure !== undefined).length,
  };
}
