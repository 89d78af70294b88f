import { answerTokens, normalizeAnswer } from './normalize-answer.js';

/** How an answer is compared with the gold answers. */
export type AnswerMetric = 'exact-match' | 'f1' | 'contains';

/**
 * 1 when the prediction equals any alias after {@link normalizeAnswer}, else 0; 0 without aliases.
 * Source: `em_check` of Search-R1.
 */
export function exactMatch(prediction: string, answers: readonly string[]): 0 | 1 {
  const normalized = normalizeAnswer(prediction);
  return answers.some((answer) => normalizeAnswer(answer) === normalized) ? 1 : 0;
}

/**
 * Token F1, the best over all aliases, in [0, 1]: 2PR/(P+R), where the overlap counts a repeated word as often as both
 * sides have it. 0 when either side normalises to nothing. Source: the SQuAD 1.1 evaluation.
 */
export function tokenF1(prediction: string, answers: readonly string[]): number {
  const predicted = answerTokens(prediction);
  return answers.reduce((best, answer) => Math.max(best, multisetF1(predicted, answerTokens(answer))), 0);
}

/** Answers that are right or wrong as a whole: sharing a word with one proves nothing. */
const closedAnswers = new Set(['yes', 'no', 'noanswer']);

/**
 * Token F1 as results on multi-hop questions are reported, in [0, 1]: {@link tokenF1}, but when prediction or alias
 * normalises to yes, no or noanswer, only being equal counts, so that `no` earns nothing from `no one`.
 * Source: `f1_score` of HotpotQA (hotpot_evaluate_v1.py), also FlashRAG's.
 */
export function multiHopF1(prediction: string, answers: readonly string[]): number {
  const normalized = normalizeAnswer(prediction);
  const comparable = answers.filter((answer) => {
    const gold = normalizeAnswer(answer);
    return gold === normalized || (!closedAnswers.has(gold) && !closedAnswers.has(normalized));
  });
  return tokenF1(prediction, comparable);
}

/**
 * 1 when any normalised alias is a substring of the normalised prediction, else 0. As published, this has two sharp
 * edges: `US` is found in `virus`, and an alias that normalises to nothing is found everywhere.
 * Source: `subem_check` of Search-R1.
 */
export function containsAnswer(prediction: string, answers: readonly string[]): 0 | 1 {
  const normalized = normalizeAnswer(prediction);
  return answers.some((answer) => normalized.includes(normalizeAnswer(answer))) ? 1 : 0;
}

/** The score of an answer under a metric, in [0, 1]; 0 when no answer was given. */
export function answerScore(metric: AnswerMetric, prediction: string | null, answers: readonly string[]): number {
  if (prediction === null) return 0;
  return scorers[metric](prediction, answers);
}

const scorers = { 'exact-match': exactMatch, f1: tokenF1, contains: containsAnswer } as const;

function multisetF1(predicted: readonly string[], gold: readonly string[]): number {
  const remaining = new Map<string, number>();
  for (const token of gold) remaining.set(token, (remaining.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of predicted) {
    const left = remaining.get(token) ?? 0;
    if (left === 0) continue;
    remaining.set(token, left - 1);
    common++;
  }
  if (common === 0) return 0;
  const precision = common / predicted.length;
  const recall = common / gold.length;
  return (2 * precision * recall) / (precision + recall);
}
