import { answerScore, findFirstOccurrence, goldMatcher } from '@turnwise/core';
import type { TrajectoryGroup, TurnRewards } from '@turnwise/core';
import type { SearchR1FormatOptions } from './options.js';
import { hasValidFormat } from './valid-format.js';

/**
 * Search-R1's reward for answer, format and retrieval, the same on every turn. With s, f, q for `structure`, `final` and
 * `retrieval`:
 *
 *     right, valid format              1
 *     right, invalid format            1 - s
 *     not right, valid, gold seen      s + q
 *     not right, valid, gold not seen  s
 *     wrong answer, invalid format     f
 *     no answer, invalid format        0
 *
 * Trajectories that infrastructure ended abstain.
 *
 * Source: Search-R1 (arXiv 2503.09516), version 0.3, `compute_score_em` in qa_em_format.py.
 */
export function searchR1FormatReward(group: TrajectoryGroup, options: SearchR1FormatOptions): TurnRewards[] {
  const matcher = goldMatcher(group.question);
  return group.trajectories.map((trajectory): TurnRewards => {
    const { turns, answer, failure } = trajectory;
    const answered = answer !== null;
    if (failure !== undefined) return { outcome: null, correct: false, answered, turns: turns.map(() => 0) };
    const correct = answerScore(options.metric, answer, group.question.answers) >= options.threshold;
    const valid = hasValidFormat(trajectory);
    const firstOccurrence = findFirstOccurrence(trajectory, matcher)?.turn ?? null;
    const components = {
      answer: correct ? 1 : 0,
      structure: structurePart(correct, valid, options.structure),
      retrieval: !correct && valid && firstOccurrence !== null ? options.retrieval : 0,
      final: !correct && !valid && answered ? options.final : 0,
    };
    const outcome = components.answer + components.structure + components.retrieval + components.final;
    const reason = `${outcome}: ${correct ? 'right' : answered ? 'wrong' : 'no answer'}, ${valid ? 'valid' : 'invalid'} format`;
    return {
      outcome,
      correct,
      answered,
      firstOccurrence,
      turns: turns.map(() => outcome),
      reasons: turns.map(() => reason),
      components,
    };
  });
}

function structurePart(correct: boolean, valid: boolean, structure: number): number {
  if (correct === valid) return 0;
  return valid ? structure : -structure;
}
