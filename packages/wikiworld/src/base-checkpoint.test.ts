import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadCheckpoint } from '@turnwise/engine';
import { baseCheckpointFolder } from './base-checkpoint.js';
import { baseProfiles, type BaseName } from './recipe/base-profile.js';
import { recipeSettings } from './recipe/settings.js';
import { tokenizerJson } from './tokenizer/tokenizer-json.js';

const names = Object.keys(baseProfiles) as BaseName[];

describe.each(names)('the base checkpoint %s', (base) => {
  const folder = baseCheckpointFolder(base);
  const readJson = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;

  it('is what its recipe says, file by file', async () => {
    const { sha256 } = (await readJson('recipe.json')) as { sha256: Record<string, string> };
    expect(Object.keys(sha256).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    for (const [name, digest] of Object.entries(sha256)) {
      const content = await readFile(join(folder, name));
      expect({ name, digest: createHash('sha256').update(content).digest('hex') }).toEqual({ name, digest });
    }
  });

  it('was made with the settings and the tokenizer of this version', async () => {
    const recipe = await readJson('recipe.json');
    expect(recipe.settings).toEqual(recipeSettings);
    expect(recipe.phases).toEqual(['practice', 'imperfect']);
    expect(await readJson('tokenizer.json')).toEqual(tokenizerJson());
  });

  it('loads, and is about half a megabyte', async () => {
    const { engine, tokenizer } = await loadCheckpoint(folder);
    expect(engine.config).toMatchObject({ hiddenSize: 64, layerCount: 2, headCount: 4, shiftTaps: 3 });
    expect(tokenizer.vocabularySize).toBe(engine.config.vocabularySize);
    const { length } = await readFile(join(folder, 'model.safetensors'));
    expect(length).toBeGreaterThan(400_000);
    expect(length).toBeLessThan(1_300_000);
  });
});
