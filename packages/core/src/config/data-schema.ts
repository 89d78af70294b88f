import { z } from 'zod';

const fileField = z.string().min(1).describe('File of JSON Lines or parquet; relative to the configuration file.');
const worldFields = {
  world: z.string().min(1).describe('Name of a generated world, e.g. wikiworld.'),
  difficulty: z
    .string()
    .min(1)
    .optional()
    .describe("The world's difficulty, e.g. standard or hard. Default: standard."),
  seed: z.int().min(0).optional().describe('Seed of the world, the same for corpus and questions. Default: 1.'),
};

/** Questions from a file or from a generated world. */
const questionSourceSchema = z.union([
  z.strictObject({
    file: fileField,
    limit: z.int().min(1).optional().describe('Keep the first so many questions. Default: all.'),
    split: z.string().min(1).optional().describe('Keep rows whose `split` is this. Default: all rows.'),
  }),
  z.strictObject({
    ...worldFields,
    questions: z.int().min(1).optional().describe("Number of questions. Default: the world's own."),
  }),
]);

/** Passages from a file or from a generated world. */
export const corpusSourceSchema = z.union([z.strictObject({ file: fileField }), z.strictObject(worldFields)]);

export const dataSchema = z.strictObject({
  train: questionSourceSchema.optional().describe('Training questions; needed by `train`.'),
  eval: questionSourceSchema.optional().describe('Held-out questions; needed by `train` and `eval`.'),
});

export type QuestionSource = z.output<typeof questionSourceSchema>;
export type CorpusSource = z.output<typeof corpusSourceSchema>;
