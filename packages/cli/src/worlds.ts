import type { WorldSource } from '@turnwise/core';
import { baseCheckpointFolder, questionKinds, wikiworldSource, type Difficulty } from '@turnwise/wikiworld';

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

/** Folders that plugins ask for by name: the base checkpoint of the generated world. */
export function resolveAsset(name: string): string | null {
  return name === 'quickstart' || name === 'wikiworld:base' ? baseCheckpointFolder() : null;
}

function isDifficulty(name: string): name is Difficulty {
  return difficulties.includes(name);
}
