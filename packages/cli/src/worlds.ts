import type { WorldSource } from '@turnwise/core';
import {
  baseCheckpointFolder,
  baseProfiles,
  questionKinds,
  wikiworldSource,
  type BaseName,
  type Difficulty,
} from '@turnwise/wikiworld';

const difficulties = Object.keys(questionKinds);

/** The generated worlds a configuration can name. */
export const builtinWorlds: Readonly<Record<string, WorldSource>> = {
  wikiworld: ({ difficulty, ...request }) => {
    if (!isDifficulty(difficulty)) {
      throw new RangeError(`difficulty is ${JSON.stringify(difficulty)}; expected ${difficulties.join(' or ')}.`);
    }
    return wikiworldSource({ difficulty, ...request });
  },
};

/** Folders that plugins ask for by name: the base checkpoints of the generated world. */
export function resolveAsset(name: string): string | null {
  if (name === 'wikiworld:base') return baseCheckpointFolder();
  return isBaseName(name) ? baseCheckpointFolder(name) : null;
}

function isBaseName(name: string): name is BaseName {
  return Object.hasOwn(baseProfiles, name);
}

function isDifficulty(name: string): name is Difficulty {
  return difficulties.includes(name);
}
