import { z } from 'zod';

/** Options of the `reinforce-plus-plus` advantage. */
export const reinforcePlusPlusOptions = z.strictObject({
  baseline: z
    .enum(['none', 'group-mean'])
    .default('none')
    .describe(
      'Subtracted from the outcome before whitening: nothing (REINFORCE++) or the mean of the group (REINFORCE++-baseline).',
    ),
  rewards: z
    .enum(['outcome', 'turns'])
    .default('outcome')
    .describe('What is summed over later turns: the outcome, paid in the last turn, or the turn rewards.'),
  gamma: z.number().min(0).max(1).default(1).describe('Discount per turn of that sum.'),
  epsilon: z.number().min(0).default(1e-8).describe('Added to the variance of the batch.'),
});

export type ReinforcePlusPlusOptions = z.output<typeof reinforcePlusPlusOptions>;
