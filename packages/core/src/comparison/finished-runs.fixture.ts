import type { QuestionScore } from '../evaluation/index.js';
import type { RunManifest } from '../run/index.js';
import type { FinishedRun } from './finished-run.js';
import type { GroupVisit } from './group-visits.js';

/** The score of a question that was right or wrong, with or without gold retrieved. */
export function scoreOf(question: string, exactMatch: number, goldRetrieved = 1): QuestionScore {
  return {
    question,
    trajectories: 1,
    exactMatch,
    f1: exactMatch,
    coverMatch: exactMatch,
    goldRetrieved,
    supportingRecall: null,
    turns: 2,
    searches: 1,
    invalidTurns: 0,
    unanswered: 0,
    failures: 0,
    answers: ['x'],
  };
}

/**
 * A run whose exact match on each question is given for each measured step.
 *
 * @param rows step -> score of each question
 */
export function runOf(
  strategy: string,
  seed: number,
  rows: Readonly<Record<number, readonly number[]>>,
  more: { visits?: readonly GroupVisit[]; metrics?: FinishedRun['metrics']; gold?: readonly number[] } = {},
): FinishedRun {
  const measurements = Object.entries(rows).map(([step, values]) => ({
    step: Number(step),
    scores: values.map((value, index) => scoreOf(`q${index}`, value, more.gold?.[index] ?? 1)),
  }));
  const manifest = {
    strategy,
    seed,
    config: {
      seed,
      reward: [{ use: 'outcome', with: {}, weight: 1 }],
      advantage: { use: 'grpo', with: {} },
      rollout: { questionsPerStep: 2, groupSize: 4, maxTurns: 3 },
      training: { steps: 4, evalEvery: 2 },
    },
    data: {},
  } as unknown as RunManifest;
  const metrics = measurements.map(({ step, scores }) => ({
    step,
    'eval/exact-match': scores.reduce((sum, { exactMatch }) => sum + exactMatch, 0) / scores.length,
    'eval/unanswered': 0.1,
    ...(step === 0 ? {} : { 'groups/dead': 0.25, 'rollout/tokens': 100, 'rollout/seconds': 1, 'update/seconds': 2 }),
  }));
  const { visits = [] } = more;
  return {
    strategy,
    seed,
    folder: `/${strategy}-${seed}`,
    manifest,
    metrics: more.metrics ?? metrics,
    measurements,
    visits,
  };
}
