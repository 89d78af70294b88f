import type { Question } from '../contract/index.js';
import { randomStream, shuffled } from '../random/index.js';
import type { QuestionLedger, QuestionRecord } from './question-ledger.js';
import { questionsOfFurtherRound, questionsOfStep } from './question-order.js';

/**
 * Which questions are asked more often. A question that was never asked counts as wanted; every question keeps at least
 * the weight `explore`, so that none is forgotten.
 *
 * - `none`: every question once in each pass over the data.
 * - `signal`: those whose groups taught something under the configured strategy. Not those that were half right: an
 *   all-wrong group with a near-miss teaches TSPO, and a filter on outcomes would leave it out.
 * - `success`: those whose share of correct trajectories is near `target`, within about `width`.
 */
export type Curriculum =
  | { readonly by: 'none' }
  | { readonly by: 'signal'; readonly explore: number }
  | { readonly by: 'success'; readonly target: number; readonly width: number; readonly explore: number };

export interface QuestionChoice {
  readonly questions: readonly Question[];
  readonly questionsPerStep: number;
  readonly seed: number;
  readonly step: number;
  /** 1-based; further rounds stand in for dead groups. */
  readonly round: number;
  /** Ids asked in earlier rounds of the step. */
  readonly asked: ReadonlySet<string>;
  readonly ledger: QuestionLedger;
  readonly curriculum: Curriculum;
}

/**
 * The questions of a round: no question twice in a step, and none that was set aside. Depends on what it is given and on
 * nothing else, so a run that goes on chooses what an uninterrupted one would have.
 */
export function chooseQuestions(choice: QuestionChoice): Question[] {
  return choice.curriculum.by === 'none' ? inOrder(choice) : byWeight(choice, choice.curriculum);
}

/** The pass over the data; in the place of questions set aside stand others, in an order of the step's own. */
function inOrder({ questions, questionsPerStep, seed, step, round, asked, ledger }: QuestionChoice): Question[] {
  const chosen =
    round === 1
      ? questionsOfStep(questions, questionsPerStep, seed, step)
      : questionsOfFurtherRound(questions, questionsPerStep, seed, step, round);
  const kept = chosen.filter(({ id }) => !ledger.isQuarantined(id) && !asked.has(id));
  if (kept.length === chosen.length) return chosen;
  const taken = new Set([...asked, ...kept.map(({ id }) => id)]);
  const others = questions.filter(({ id }) => !ledger.isQuarantined(id) && !taken.has(id));
  const substitutes = shuffled(others, randomStream(seed, 'substitute-order', step, round));
  return [...kept, ...substitutes.slice(0, chosen.length - kept.length)];
}

/** Weighted sampling without replacement: the largest u^(1/weight) win (Efraimidis and Spirakis, 2006). */
function byWeight(
  { questions, questionsPerStep, seed, step, round, asked, ledger }: QuestionChoice,
  curriculum: Exclude<Curriculum, { by: 'none' }>,
): Question[] {
  const random = randomStream(seed, 'curriculum', step, round);
  return questions
    .filter(({ id }) => !ledger.isQuarantined(id) && !asked.has(id))
    .map((question) => ({
      question,
      key: Math.log(1 - random.next()) / questionWeight(ledger.of(question.id), curriculum),
    }))
    .sort((one, other) => other.key - one.key)
    .slice(0, questionsPerStep)
    .map(({ question }) => question);
}

/** Between `explore` and 1. */
export function questionWeight(
  record: QuestionRecord | undefined,
  curriculum: Exclude<Curriculum, { by: 'none' }>,
): number {
  if (record === undefined) return 1;
  const wanted =
    curriculum.by === 'signal'
      ? record.signal
      : Math.exp(-(((record.success - curriculum.target) / curriculum.width) ** 2) / 2);
  return curriculum.explore + (1 - curriculum.explore) * wanted;
}
