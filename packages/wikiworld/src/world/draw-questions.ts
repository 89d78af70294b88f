import type { RandomStream } from '@turnwise/core';
import { comparisons, nested } from '../schema/other-texts.js';
import { relationOf, relationsOf } from '../schema/relations.js';
import type { Fact, FactIndex } from './fact.js';
import type { QuestionType, WorldQuestion } from './world-question.js';

/** One kind of question and its share. Shares need not add up to 1. */
export type QuestionKind =
  | { readonly type: 'bridge'; readonly hops: 1 | 2 | 3; readonly share: number }
  | { readonly type: 'comparison'; readonly share: number };

/** Draws in a row that may bring nothing new before the world counts as too small for the questions wanted. */
const patience = 2000;

/**
 * Draws distinct questions about the facts given, with ids `<prefix>00001` and on.
 *
 * @throws RangeError when the facts do not allow that many.
 */
export function drawQuestions(
  facts: readonly Fact[],
  index: FactIndex,
  kinds: readonly QuestionKind[],
  count: number,
  idPrefix: string,
  random: RandomStream,
): readonly WorldQuestion[] {
  const births = facts.filter((fact) => fact.relation === 'birthyear');
  const asked = new Map<string, WorldQuestion>();
  for (let failures = 0; asked.size < count; failures++) {
    if (failures > patience) {
      throw new RangeError(`the world is too small: ${asked.size} of ${count} distinct questions found`);
    }
    const kind = drawKind(kinds, random);
    const id = `${idPrefix}${String(asked.size + 1).padStart(5, '0')}`;
    const question =
      kind.type === 'bridge' ? drawBridge(id, kind.hops, facts, index, random) : drawComparison(id, births, random);
    if (question === null || asked.has(question.text)) continue;
    asked.set(question.text, question);
    failures = 0;
  }
  return [...asked.values()];
}

function drawKind(kinds: readonly QuestionKind[], random: RandomStream): QuestionKind {
  let rest = random.next() * kinds.reduce((sum, kind) => sum + kind.share, 0);
  for (const kind of kinds) {
    rest -= kind.share;
    if (rest < 0) return kind;
  }
  return kinds[kinds.length - 1] as QuestionKind;
}

/** A chain of relations from a random fact on; `null` when it ends early or comes back to a name it met before. */
function drawBridge(
  id: string,
  hops: number,
  facts: readonly Fact[],
  index: FactIndex,
  random: RandomStream,
): WorldQuestion | null {
  const start = facts[random.integer(facts.length)] as Fact;
  const steps = [start];
  while (steps.length < hops) {
    const last = steps[steps.length - 1] as Fact;
    if (last.objectKind === 'year') return null;
    const onward = relationsOf(last.objectKind);
    const next = index.find(last.object, onward[random.integer(onward.length)]?.id ?? '');
    if (next === undefined) return null;
    steps.push(next);
  }
  const names = [start.subject, ...steps.map((step) => step.object)];
  if (new Set(names).size < names.length) return null;
  return finish(id, 'bridge', phrase(steps, random), steps, answersOf(steps[steps.length - 1] as Fact));
}

/** "Who taught the author of X?": the last relation asks, the earlier ones nest inside it. */
function phrase(steps: readonly Fact[], random: RandomStream): string {
  const last = relationOf((steps[steps.length - 1] as Fact).relation);
  const inner = steps
    .slice(0, -1)
    .reduce((about, step) => nested.replace('{r}', step.relation).replace('{}', about), (steps[0] as Fact).subject);
  return (last.questions[random.integer(last.questions.length)] ?? '').replace('{}', inner);
}

/** Two people born in different years. */
function drawComparison(id: string, births: readonly Fact[], random: RandomStream): WorldQuestion | null {
  const type = random.integer(2) === 0 ? 'earlier' : 'later';
  const first = births[random.integer(births.length)] as Fact;
  const second = births[random.integer(births.length)] as Fact;
  if (first.object === second.object) return null;
  const text = comparisons[type].replace('{a}', first.subject).replace('{b}', second.subject);
  const steps = [first, second];
  return finish(id, type, text, steps, [decide(type, first, second)]);
}

/** Which of two people a comparison asks for. */
export function decide(type: Exclude<QuestionType, 'bridge'>, first: Fact, second: Fact): string {
  const firstIsEarlier = Number(first.object) < Number(second.object);
  return firstIsEarlier === (type === 'earlier') ? first.subject : second.subject;
}

function answersOf(fact: Fact): readonly string[] {
  return fact.objectAlias === null ? [fact.object] : [fact.object, fact.objectAlias];
}

function finish(
  id: string,
  type: QuestionType,
  text: string,
  steps: readonly Fact[],
  answers: readonly string[],
): WorldQuestion {
  return { id, text, answers, type, hops: steps.length, supportingIds: steps.map((step) => step.passageId), steps };
}
