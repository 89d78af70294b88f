import { answerScore } from '@turnwise/core';
import type { ObservedHit, Passage, Trajectory, TrajectoryGroup, TurnRewards } from '@turnwise/core';
import type { StepSearchOptions } from './options.js';
import { cosine, type TermVector, type TermVectors } from './term-vectors.js';

/** What the reward needs to know of the corpus. */
export interface Evidence {
  readonly passages: ReadonlyMap<string, Passage>;
  readonly vectors: TermVectors;
}

/**
 * Pays each search for what it adds, and the last turn for the answer. With d_i the supporting passages of the question
 * and P_k the passages of search k:
 *
 *     gain_k       = mean over i of max(0, max over p in P_k of cos(p, d_i) - best cosine so far for d_i)
 *     redundancy_k = share of P_k that an earlier search of the trajectory returned
 *     r(i, k)      = scale (gainWeight gain_k - redundancyWeight redundancy_k),   plus o_i in the last turn
 *
 * Without supporting passages in the corpus the gain is 0. The paper's reward for search keys needs annotated
 * sub-questions, which our questions do not have: it is left out. Trajectories that infrastructure ended abstain.
 *
 * Source: StepSearch (arXiv 2505.15107), the authors' `qa_step.py`.
 */
export function stepSearchReward(
  group: TrajectoryGroup,
  options: StepSearchOptions,
  evidence: Evidence,
): TurnRewards[] {
  const gold = (group.question.supportingIds ?? []).flatMap((id) => {
    const passage = evidence.passages.get(id);
    return passage ? [evidence.vectors.vector(textOf(passage))] : [];
  });
  return group.trajectories.map((trajectory) => rewardOf(trajectory, group, options, evidence, gold));
}

function rewardOf(
  trajectory: Trajectory,
  group: TrajectoryGroup,
  options: StepSearchOptions,
  evidence: Evidence,
  gold: readonly TermVector[],
): TurnRewards {
  const { turns, answer, failure } = trajectory;
  const answered = answer !== null;
  if (failure !== undefined) return { outcome: null, correct: false, answered, turns: turns.map(() => 0) };
  const outcome = answerScore(options.metric, answer, group.question.answers);
  const best = gold.map(() => 0);
  const seen = new Set<string>();
  const reasons: (string | null)[] = [];
  const rewards = turns.map(({ observation }, turn) => {
    const hits = observation?.status === 'ok' ? observation.hits : [];
    const gain = informationGain(hits, gold, best, evidence);
    const redundancy = hits.length === 0 ? 0 : hits.filter(({ id }) => seen.has(id)).length / hits.length;
    for (const { id } of hits) seen.add(id);
    const step = options.scale * (options.gainWeight * gain - options.redundancyWeight * redundancy);
    reasons.push(hits.length === 0 ? null : `gain ${gain.toFixed(3)}, redundancy ${redundancy.toFixed(3)}`);
    return step + (turn === turns.length - 1 ? outcome : 0);
  });
  return { outcome, correct: outcome >= options.threshold, answered, turns: rewards, reasons };
}

/** Raises `best` to what this search reached. */
function informationGain(
  hits: readonly ObservedHit[],
  gold: readonly TermVector[],
  best: number[],
  evidence: Evidence,
): number {
  if (gold.length === 0) return 0;
  const found = hits.map((hit) => evidence.vectors.vector(textOf(evidence.passages.get(hit.id) ?? hit)));
  const gains = gold.map((document, index) => {
    const before = best[index] ?? 0;
    const now = Math.max(before, ...found.map((vector) => cosine(vector, document)));
    best[index] = now;
    return now - before;
  });
  return gains.reduce((sum, gain) => sum + gain, 0) / gold.length;
}

function textOf({ title, text }: { readonly title?: string; readonly text?: string }): string {
  return `${title ?? ''} ${text ?? ''}`;
}
