import { shuffled, type RandomStream } from '@turnwise/core';
import { relationsOf } from '../schema/relations.js';
import { adultAge, firstYear, lastBirthYear, lastYear } from '../schema/years.js';
import type { EntityKind, Relation } from '../schema/relation.js';
import type { Entity } from './entity.js';
import type { UnwrittenFact } from './fact.js';

/**
 * Draws every fact of one half of the world. Objects come from the same half, so chains never leave it. Time holds:
 * mothers, teachers and authors are at least `adultAge` older than the child, pupil or work; who has no elders has no
 * mother and no teacher. Marriages are mutual.
 */
export function drawFacts(entities: readonly Entity[], random: RandomStream): readonly UnwrittenFact[] {
  const byKind = (kind: EntityKind): readonly Entity[] => entities.filter((entity) => entity.kind === kind);
  const people = byKind('person');
  const pools = { person: people, place: byKind('place'), organisation: byKind('organisation'), work: byKind('work') };
  const between = (first: number, last: number): number => first + random.integer(last - first + 1);
  const birth = new Map(people.map((person) => [person, between(firstYear, lastBirthYear)]));
  const appeared = new Map(pools.work.map((work) => [work, between(lastBirthYear - adultAge, lastYear)]));
  const spouses = marry(people, random);

  const pick = (pool: readonly Entity[]): Entity | undefined => pool[random.integer(pool.length)];
  const grownBy = (year: number): readonly Entity[] =>
    people.filter((person) => (birth.get(person) ?? lastYear) + adultAge <= year);

  const objectOf = (subject: Entity, relation: Relation): Entity | number | undefined => {
    if (relation.id === 'birthyear') return birth.get(subject);
    if (relation.id === 'year') return appeared.get(subject);
    if (relation.id === 'spouse') return spouses.get(subject);
    if (relation.id === 'mother' || relation.id === 'teacher') return pick(grownBy(birth.get(subject) ?? firstYear));
    if (relation.id === 'author') return pick(grownBy(appeared.get(subject) ?? firstYear));
    const pool = pools[relation.object as EntityKind].filter((other) => other.name !== subject.name);
    return pick(pool);
  };

  return entities.flatMap((subject) =>
    relationsOf(subject.kind).flatMap((relation): UnwrittenFact[] => {
      const object = objectOf(subject, relation);
      if (object === undefined) return [];
      const year = typeof object === 'number';
      return [
        {
          split: subject.split,
          subject: subject.name,
          relation: relation.id,
          object: year ? String(object) : object.name,
          objectKind: relation.object,
          objectAlias: year ? null : object.alias,
        },
      ];
    }),
  );
}

function marry(people: readonly Entity[], random: RandomStream): Map<Entity, Entity> {
  const couples = new Map<Entity, Entity>();
  const order = shuffled(people, random);
  for (let index = 0; index + 1 < order.length; index += 2) {
    const [one, other] = [order[index] as Entity, order[index + 1] as Entity];
    couples.set(one, other).set(other, one);
  }
  return couples;
}
