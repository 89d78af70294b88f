import type { Question, Trajectory, TrajectoryGroup } from '../contract/index.js';
import { rolloutGroups, type RolloutOptions, type RolloutParts } from '../rollout/index.js';
import { reportOn, type EvaluationReport } from './evaluation-report.js';
import { questionScores, type QuestionScore } from './question-score.js';

export interface EvaluationRequest {
  readonly questions: readonly Question[];
  readonly runSeed: number;
  readonly step: number;
  readonly options: RolloutOptions;
  readonly signal: AbortSignal;
  readonly onTrajectory?: (done: number, total: number) => void;
  readonly onFinished?: (question: Question, trajectory: Trajectory) => void;
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
