import { shuffled, type Passage, type RandomStream } from '@turnwise/core';
import { afterthoughts, aliasSentence, trivia } from '../schema/other-texts.js';
import { relationOf } from '../schema/relations.js';
import type { Entity } from './entity.js';
import type { Fact, UnwrittenFact } from './fact.js';

/** Passages of trivia about one entity. */
const triviaPerEntity = { person: 1, place: 2, organisation: 2, work: 2 } as const;

/** Share of facts whose passage has a second sentence. */
const afterthoughtShare = 0.15;

/** A passage without its id, and the fact it states, if any. */
interface Draft {
  readonly title: string;
  readonly text: string;
  readonly fact: UnwrittenFact | null;
}

/** Writes the whole corpus in a shuffled order, with ids `w00001` and on, and says which passage states which fact. */
export function writePassages(
  entities: readonly Entity[],
  facts: readonly UnwrittenFact[],
  random: RandomStream,
): { readonly passages: readonly Passage[]; readonly facts: readonly Fact[] } {
  const one = (choices: readonly string[]): string => choices[random.integer(choices.length)] ?? '';
  const fill = (template: string, subject: string, object = ''): string =>
    template.replace('{s}', subject).replace('{o}', object);

  const stated = facts.map((fact): Draft => {
    const sentence = fill(one(relationOf(fact.relation).sentences), fact.subject, fact.object);
    const text = random.next() < afterthoughtShare ? `${sentence} ${one(afterthoughts)}` : sentence;
    return { title: fact.subject, text, fact };
  });
  const asides = entities.flatMap((entity): Draft[] => [
    ...shuffled(trivia[entity.kind], random)
      .slice(0, triviaPerEntity[entity.kind])
      .map((template) => ({ title: entity.name, text: fill(template, entity.name), fact: null })),
    ...(entity.alias === null
      ? []
      : [{ title: entity.name, text: fill(aliasSentence, entity.name, entity.alias), fact: null }]),
  ]);

  const drafts = shuffled([...stated, ...asides], random);
  const passageId = (index: number): string => `w${String(index + 1).padStart(5, '0')}`;
  return {
    passages: drafts.map(({ title, text }, index) => ({ id: passageId(index), title, text })),
    facts: drafts.flatMap(({ fact }, index) => (fact === null ? [] : [{ ...fact, passageId: passageId(index) }])),
  };
}
