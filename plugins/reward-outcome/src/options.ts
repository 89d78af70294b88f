import { z } from 'zod';

/** Options of the `outcome` reward. */
export const outcomeOptions = z.strictObject({
  metric: z
    .enum(['exact-match', 'f1', 'contains'])
    .default('exact-match')
    .describe(
      'How the final answer is scored: exact match after normalisation (Search-R1), token F1, or whether it contains a gold answer. The best alias counts.',
    ),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('An answer counts as correct from this score on; matters for f1 only. In (0, 1], default 1.'),
});

export type OutcomeOptions = z.output<typeof outcomeOptions>;
