import { z } from 'zod';

/** Options of the search tool `lunr`. The defaults were chosen on the train split of real questions. */
export const lunrOptions = z.strictObject({
  topK: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('Passages a search brings where `rollout.topK` is not set; without either, 3.'),
  titleBoost: z
    .number()
    .positive()
    .max(100)
    .default(1)
    .describe('A match in the title counts this many times a match in the text.'),
  k1: z.number().min(0).max(10).default(1.2).describe('BM25 k1: how slowly repeated terms stop counting.'),
  b: z.number().min(0).max(1).default(0.75).describe('BM25 b: how much long passages are penalised.'),
  titleMatch: z
    .number()
    .min(0)
    .max(10)
    .default(0.6)
    .describe(
      'Share of the best score added to a passage whose whole title stands in the query, a quarter of it for titles of one word; 0 leaves the scores to lunr.',
    ),
  links: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the score of the two best passages handed on to the passages they name by title: one search then reaches a second hop.',
    ),
});

export type LunrOptions = z.infer<typeof lunrOptions>;
