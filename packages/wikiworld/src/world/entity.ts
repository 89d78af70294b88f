import { shuffled, type RandomStream } from '@turnwise/core';
import { namePools, type Split } from '../names/name-pools.js';
import type { EntityKind } from '../schema/relation.js';

/** Somebody or something the encyclopedia writes about. */
export interface Entity {
  readonly kind: EntityKind;
  readonly split: Split;
  /** Unique among entities of one kind; a person and a place may share a name. */
  readonly name: string;
  /** A second name, stated in one passage and otherwise never used; `null` for most. */
  readonly alias: string | null;
}

/** How many entities one half of the world has. */
export interface WorldSize {
  readonly people: number;
  readonly places: number;
  readonly organisations: number;
  readonly works: number;
}

/** Shares of entities that have an alias, and of places that bear the name of a person. */
const aliasShare = 0.1;
const sharedNameShare = 0.3;

/**
 * Draws the entities of one half from its name pool.
 *
 * @throws RangeError when the pool has too few names.
 */
export function drawEntities(split: Split, size: WorldSize, random: RandomStream): readonly Entity[] {
  const names = shuffled(namePools[split], random)[Symbol.iterator]();
  const fresh = (): string => {
    const name = names.next();
    if (name.done === true) {
      throw new RangeError(`the world is too large: the ${split} half has ${namePools[split].length} names`);
    }
    return name.value;
  };
  const draw = (kind: EntityKind, name: string): Entity => ({
    kind,
    split,
    name,
    alias: random.next() < aliasShare ? fresh() : null,
  });
  const people = Array.from({ length: size.people }, () => draw('person', fresh()));
  const lenders = shuffled(people, random);
  const places = Array.from({ length: size.places }, () => {
    const lender = random.next() < sharedNameShare ? lenders.pop() : undefined;
    return draw('place', lender?.name ?? fresh());
  });
  const organisations = Array.from({ length: size.organisations }, () => draw('organisation', fresh()));
  const works = Array.from({ length: size.works }, () => draw('work', fresh()));
  return [...people, ...places, ...organisations, ...works];
}
