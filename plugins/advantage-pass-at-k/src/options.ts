import { z } from 'zod';

/** Options of the `pass-at-k` advantage. */
export const passAtKOptions = z.strictObject({
  divideByStandardDeviation: z.boolean().default(true).describe('Divide by the standard deviation of the group.'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('Standard deviation with 1 (sample) or 0 (population) degrees of freedom removed.'),
  epsilon: z.number().min(0).default(1e-6).describe('Added to the standard deviation.'),
});

export type PassAtKOptions = z.output<typeof passAtKOptions>;
