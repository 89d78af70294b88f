import { compareRuns, type CompareRunsOptions, type RunComparison } from './compare-runs.js';
import type { FinishedRun } from './finished-run.js';
import { runOf } from './finished-runs.fixture.js';
import type { GroupVisit } from './group-visits.js';

/** One row of metrics for each of three steps, and what is measured before. */
const metrics = [
  { step: 0, 'eval/exact-match': 0, 'eval/unanswered': 0.5, 'eval/turns-mean': 3, 'eval/gold-retrieved': 0.25 },
  ...[1, 2, 3].map((step) => ({
    step,
    'groups/all-wrong': 0.8 - step / 5,
    'groups/mixed': 0.2 + step / 10,
    'groups/all-correct': step / 10,
    'groups/dead': 0.9 - step / 5,
    'groups/near-miss': step / 20,
    'trajectories/unanswered': 0.4 - step / 10,
    'rollout/tokens': 1000,
    'rollout/seconds': 1.5,
    'update/seconds': 2,
  })),
  { step: 4, 'eval/exact-match': 1, 'eval/unanswered': 0.125, 'eval/turns-mean': 2.5, 'eval/gold-retrieved': 0.75 },
];

const visit = (step: number, question: string, composition: GroupVisit['composition'], nearMissed: boolean) => ({
  ...{ step, question, composition, nearMissed },
});
const visits = [
  visit(1, 'a', 'all-wrong', true),
  visit(1, 'b', 'all-wrong', true),
  visit(2, 'a', 'mixed', false),
  visit(2, 'b', 'all-wrong', true),
];

/**
 * Three strategies whose scores do not vary over two questions and two seeds, so that every interval has no width: `alpha`
 * ends at 1, `bravo` at a half, `carol` falls back to 0. Only alpha recorded more than its share of dead groups.
 */
export function smallComparison(options: CompareRunsOptions = {}): RunComparison {
  const gold = [1, 0];
  const bare = [{ step: 1, 'groups/dead': 0.25 }];
  const alpha = [2, 1].map((seed) =>
    runOf('alpha', seed, { 0: [0, 0], 2: [0.5, 0.5], 4: [1, 1] }, { gold, metrics, visits: [...visits] }),
  );
  const bravo = [1, 2].map((seed) =>
    runOf('bravo', seed, { 0: [0, 0], 2: [0, 0], 4: [0.5, 0.5] }, { gold, metrics: bare }),
  );
  const carol = [1, 2].map((seed) =>
    runOf('carol', seed, { 0: [0, 0], 2: [0.25, 0.25], 4: [0, 0] }, { gold, metrics: bare }),
  );
  return compareRuns([...alpha, ...bravo, ...carol].map(withOtherScores), {
    resamples: 50,
    now: new Date('2026-01-02T03:04:05Z'),
    ...options,
  });
}

/** F1 and cover match that are not exact match: half of the way to 1, and 1. */
function withOtherScores(run: FinishedRun): FinishedRun {
  const measurements = run.measurements.map(({ step, scores }) => ({
    step,
    scores: scores.map((score) => ({ ...score, f1: 0.5 + score.exactMatch / 2, coverMatch: 1 })),
  }));
  return { ...run, measurements };
}
