import { z } from 'zod';

/** Options of the `outcome` advantage. */
export const outcomeAdvantageOptions = z.strictObject({
  baseline: z
    .enum(['none', 'batch-mean'])
    .default('none')
    .describe(
      'What is subtracted from the outcome: nothing, or the mean outcome of all scored trajectories of the batch.',
    ),
});

export type OutcomeAdvantageOptions = z.output<typeof outcomeAdvantageOptions>;
