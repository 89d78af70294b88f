import { z } from 'zod';

/** Options of the `igpo` advantage. */
export const igpoOptions = z.strictObject({
  normalization: z
    .enum(['separate', 'joint'])
    .default('separate')
    .describe('Whether gains and outcomes are normalised apart (the paper) or as one set.'),
  gamma: z.number().min(0).max(1).default(1).describe('Discount per turn of the sum over later turns.'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe(
      'Standard deviation with 1 (sample) or 0 (population) degrees of freedom removed. The paper does not say.',
    ),
  epsilon: z.number().min(0).default(1e-6).describe('Added to the standard deviation.'),
});

export type IgpoOptions = z.output<typeof igpoOptions>;
