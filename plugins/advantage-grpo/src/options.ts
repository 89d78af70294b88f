import { z } from 'zod';

/** Options of the `grpo` advantage. */
export const grpoOptions = z.strictObject({
  divideByStandardDeviation: z
    .boolean()
    .default(true)
    .describe('Divide by the standard deviation of the group. false is Dr.GRPO (arXiv 2503.20783).'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('Standard deviation with 1 (sample; verl, TRL) or 0 (population) degrees of freedom removed.'),
  epsilon: z
    .number()
    .min(0)
    .default(1e-6)
    .describe("Added to the standard deviation. verl and Search-R1 1e-6, TRL 1e-4, Dr.GRPO's repository 1e-8."),
  baseline: z
    .enum(['mean', 'leave-one-out'])
    .default('mean')
    .describe('What is subtracted: the mean of the group, or of the other members (RLOO, arXiv 2402.14740).'),
  singleton: z
    .enum(['zero', 'raw'])
    .default('zero')
    .describe(
      'A group with one scored member: nothing to compare with (zero, as TRL), or its own reward (raw, as verl).',
    ),
});

export type GrpoOptions = z.output<typeof grpoOptions>;
