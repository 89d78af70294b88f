import { z } from 'zod';

/** Options of the `mt-grpo` advantage. */
export const mtGrpoOptions = z.strictObject({
  turnWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('Weight of the turn advantage up to the first result (lambda of the paper).'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('Standard deviation with 1 (sample) or 0 (population) degrees of freedom removed.'),
  epsilon: z.number().min(0).default(1e-4).describe('Added to the standard deviation.'),
});

export type MtGrpoOptions = z.output<typeof mtGrpoOptions>;
