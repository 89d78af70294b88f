import { z } from 'zod';

/** Options of the `search-r1-format` reward. */
export const searchR1FormatOptions = z.strictObject({
  structure: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe(
      "Paid to a wrong trajectory in valid format, and taken from a right one in invalid format; 0.2 in the authors' script.",
    ),
  final: z.number().min(0).max(1).default(0.1).describe('Paid to a wrong answer in invalid format; 0.1 in the script.'),
  retrieval: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Added to `structure` when a search brought a gold answer; 0 in the script.'),
  metric: z
    .enum(['exact-match', 'f1', 'contains'])
    .default('exact-match')
    .describe('What makes an answer right; the authors use exact match.'),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('An answer counts as right from this score on; matters for f1 only.'),
});

export type SearchR1FormatOptions = z.output<typeof searchR1FormatOptions>;
