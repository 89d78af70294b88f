import { z } from 'zod';

/** Options of the `gae` advantage. */
export const gaeOptions = z.strictObject({
  lambda: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe('1 compares the whole return with the critic, 0 the next turn alone; 1 is unbiased here.'),
  gamma: z.number().min(0).max(1).default(1).describe('Discount per turn.'),
  rewards: z
    .enum(['outcome', 'turns'])
    .default('outcome')
    .describe('What returns are summed from: the outcome, paid in the last turn, or the turn rewards.'),
});

export type GaeOptions = z.output<typeof gaeOptions>;
