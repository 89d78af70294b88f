import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCorpus, readQuestions } from '@turnwise/core';
import { wikiworldSource } from './source.js';
import { worldFiles, writeWorld } from './write-world.js';

describe('writeWorld', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'turnwise-wikiworld-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('writes what the readers of corpora and questions give back', async () => {
    const world = wikiworldSource({ difficulty: 'hard', seed: 9, trainQuestions: 20, evalQuestions: 10 });
    await writeWorld(join(folder, 'new'), world);
    const read = (name: string): string => join(folder, 'new', name);
    expect(await readCorpus(read(worldFiles.corpus))).toEqual(world.passages);
    expect(await readQuestions(read(worldFiles.train))).toEqual(world.train);
    expect(await readQuestions(read(worldFiles.eval))).toEqual(world.eval);
  });
});
