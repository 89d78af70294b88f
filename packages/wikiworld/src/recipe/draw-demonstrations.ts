import { randomStream, type Passage, type Protocol, type SearchTool } from '@turnwise/core';
import { demonstrate } from '../demonstrations/demonstrate.js';
import type { Demonstration } from '../demonstrations/demonstration.js';
import type { Profile } from '../demonstrations/fault-rates.js';
import type { QuestionKind } from '../world/draw-questions.js';
import type { WorldSize } from '../world/entity.js';
import { FactIndex } from '../world/fact.js';
import { generateWorld } from '../world/generate-world.js';

export interface DrawDemonstrationsOptions {
  readonly seed: number;
  readonly profile: Profile;
  readonly questionKinds: readonly QuestionKind[];
  readonly protocol: Protocol;
  readonly makeSearch: (passages: readonly Passage[]) => SearchTool;
  /** Demonstrations drawn from one world before the next. Default 300. */
  readonly perWorld?: number;
  /** Size of one world. Default a quarter of the usual, so that worlds change often. */
  readonly size?: WorldSize;
}

/**
 * Demonstrations without end, each world's entities and facts drawn anew over the training names: what one world
 * states, the next contradicts, so that nothing can be learned by heart and everything must be read.
 */
export async function* drawDemonstrations(
  options: DrawDemonstrationsOptions,
): AsyncGenerator<Demonstration, never, undefined> {
  const { seed, profile, protocol, perWorld = 300 } = options;
  const { size = { people: 60, places: 20, organisations: 20, works: 30 } } = options;
  for (let number = 0; ; number++) {
    const world = generateWorld({
      seed: seed * 100_000 + number,
      questionKinds: options.questionKinds,
      trainQuestions: perWorld,
      splits: ['train'],
      size,
    });
    const search = options.makeSearch(world.passages);
    const facts = new FactIndex(world.facts);
    for (const question of world.train) {
      const random = randomStream(world.seed, 'demonstration', question.id);
      yield await demonstrate(question, { search, protocol, facts, profile, random });
    }
  }
}
