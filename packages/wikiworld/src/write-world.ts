import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Question } from '@turnwise/core';
import type { WikiworldSource } from './source.js';

/** Names of the files that {@link writeWorld} writes. */
export const worldFiles = {
  corpus: 'corpus.jsonl',
  train: 'questions.train.jsonl',
  eval: 'questions.dev.jsonl',
} as const;

/**
 * Writes a world into a folder, which is made when missing: the corpus as rows `{id, title, text}`, the questions as
 * rows `{id, question, golden_answers, type, hops, supporting_ids}`. Files of the same names are overwritten.
 */
export async function writeWorld(folder: string, world: WikiworldSource): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, rows: readonly object[]): Promise<void> =>
    writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await write(
    worldFiles.corpus,
    world.passages.map(({ id, title, text }) => ({ id, title, text })),
  );
  await write(worldFiles.train, world.train.map(questionRow));
  await write(worldFiles.eval, world.eval.map(questionRow));
}

function questionRow(question: Question): object {
  return {
    id: question.id,
    question: question.text,
    golden_answers: question.answers,
    type: question.type,
    hops: question.hops,
    supporting_ids: question.supportingIds,
  };
}
