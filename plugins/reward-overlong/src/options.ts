import { z } from 'zod';

/** Options of the `overlong` reward. */
export const overlongOptions = z
  .strictObject({
    maxTokens: z.int().min(1).default(4096).describe('Policy tokens of a trajectory at which the penalty is full.'),
    bufferTokens: z
      .int()
      .min(1)
      .default(512)
      .describe('Over how many tokens before that it grows; at most `maxTokens`.'),
    factor: z.number().min(0).default(1).describe('The full penalty.'),
  })
  .refine(({ maxTokens, bufferTokens }) => bufferTokens <= maxTokens, {
    path: ['bufferTokens'],
    message: 'must not exceed maxTokens',
  });

export type OverlongOptions = z.output<typeof overlongOptions>;
