import { randomStream, type Passage } from '@turnwise/core';
import type { Split } from '../names/name-pools.js';
import { questionKinds, type Difficulty } from './difficulty.js';
import { drawFacts } from './draw-facts.js';
import { drawQuestions, type QuestionKind } from './draw-questions.js';
import { drawEntities, type WorldSize } from './entity.js';
import { FactIndex, type Fact } from './fact.js';
import { writePassages } from './write-passages.js';
import type { WorldQuestion } from './world-question.js';

export interface WorldOptions {
  /** Any integer. The same options give the same world. */
  readonly seed: number;
  /** Default `standard`. */
  readonly difficulty?: Difficulty;
  /** Kinds of question instead of the difficulty's own. */
  readonly questionKinds?: readonly QuestionKind[];
  /** Default 1000. */
  readonly trainQuestions?: number;
  /** Default 300. */
  readonly evalQuestions?: number;
  /** Entities in each half. Default: `defaultWorldSize`, about 3000 passages in all. */
  readonly size?: WorldSize;
  /** Halves to generate. Default both; a half that is left out has neither passages nor questions. */
  readonly splits?: readonly Split[];
}

/** A fictional encyclopedia and questions about it. */
export interface World {
  readonly seed: number;
  readonly difficulty: Difficulty;
  /** Both halves in one corpus, shuffled. */
  readonly passages: readonly Passage[];
  /** Questions about entities with training names. */
  readonly train: readonly WorldQuestion[];
  /** Questions about entities with held-out names, which share no name with the training half. */
  readonly eval: readonly WorldQuestion[];
  readonly facts: readonly Fact[];
}

export const defaultWorldSize: WorldSize = { people: 120, places: 40, organisations: 40, works: 60 };

/**
 * Generates a world.
 *
 * @throws RangeError when the size leaves too few names or too few questions.
 */
export function generateWorld(options: WorldOptions): World {
  const { seed, difficulty = 'standard', trainQuestions = 1000, evalQuestions = 300 } = options;
  const { size = defaultWorldSize, splits = ['train', 'held-out'] } = options;
  const kinds = options.questionKinds ?? questionKinds[difficulty];

  const entities = splits.flatMap((split) => drawEntities(split, size, randomStream(seed, 'entities', split)));
  const unwritten = splits.flatMap((split) =>
    drawFacts(
      entities.filter((entity) => entity.split === split),
      randomStream(seed, 'facts', split),
    ),
  );
  const { passages, facts } = writePassages(entities, unwritten, randomStream(seed, 'passages'));
  const index = new FactIndex(facts);
  const ask = (split: Split, count: number, idPrefix: string): readonly WorldQuestion[] => {
    if (!splits.includes(split)) return [];
    const ofSplit = facts.filter((fact) => fact.split === split);
    return drawQuestions(ofSplit, index, kinds, count, idPrefix, randomStream(seed, 'questions', split, difficulty));
  };
  return {
    seed,
    difficulty,
    passages,
    facts,
    train: ask('train', trainQuestions, 't'),
    eval: ask('held-out', evalQuestions, 'e'),
  };
}
