import { shuffled, type RandomStream } from '@turnwise/core';
import { comparisons, nested } from '../schema/other-texts.js';
import { relationOf, relationsOf } from '../schema/relations.js';
import type { Fact, FactIndex } from './fact.js';
import type { QuestionType, WorldQuestion } from './world-question.js';

/** One kind of question and its share. Shares need not add up to 1. */
export type QuestionKind =
  | { readonly type: 'bridge'; readonly hops: 1 | 2 | 3; readonly share: number }
  | { readonly type: 'comparison'; readonly share: number };

/** Draws that may fail before the world counts as too small for the questions wanted. */
const attemptsPerQuestion = 200;

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
  for (let attempt = 0; asked.size < count; attempt++) {
    if (attempt > count * attemptsPerQuestion) {
      throw new RangeError(`the world is too small: ${asked.size} of ${count} distinct questions found`);
    }
    const kind = drawKind(kinds, random);
    const id = `${idPrefix}${String(asked.size + 1).padStart(5, '0')}`;
    const question =
      kind.type === 'bridge'
        ? drawBridge(id, kind.hops, facts, index, random)
        : drawComparison(id, births, index, random);
    if (question !== null && !asked.has(question.text)) asked.set(question.text, question);
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

function drawComparison(
  id: string,
  births: readonly Fact[],
  index: FactIndex,
  random: RandomStream,
): WorldQuestion | null {
  const type = (['earlier', 'later', 'same'] as const)[random.integer(3)] ?? 'same';
  const relation = type === 'same' ? 'birthplace' : 'birthyear';
  const one = births[random.integer(births.length)] as Fact;
  const first = index.find(one.subject, relation);
  if (first === undefined) return null;
  // Two random people seldom share a birthplace: half of the `same` questions look for one who does.
  const wanted = random.next() < 0.5;
  const second = shuffled(births, random)
    .map((birth) => index.find(birth.subject, relation))
    .find(
      (other) =>
        other !== undefined &&
        other.subject !== first.subject &&
        (type === 'same' ? (other.object === first.object) === wanted : other.object !== first.object),
    );
  if (second === undefined) return null;
  const text = comparisons[type].replace('{a}', first.subject).replace('{b}', second.subject);
  return finish(id, type, text, [first, second], [decide(type, first, second)]);
}

/** The answer to a comparison of two facts. */
export function decide(type: Exclude<QuestionType, 'bridge'>, first: Fact, second: Fact): string {
  if (type === 'same') return first.object === second.object ? 'yes' : 'no';
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
