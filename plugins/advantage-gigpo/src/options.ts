import { z } from 'zod';

/** Options of the `gigpo` advantage. */
export const gigpoOptions = z.strictObject({
  stepWeight: z.number().min(0).default(1).describe('Weight of the step advantage beside the trajectory advantage.'),
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe("Discount per turn of the step returns; 0.95 in the authors' search script."),
  stepReward: z
    .enum(['outcome-at-end', 'turns'])
    .default('outcome-at-end')
    .describe('What step returns are summed from: the outcome, paid in the last turn, or the turn rewards.'),
  similarity: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'Observations count as the same from this similarity on: 1 asks for identical text; below, the share of words in common. The authors use 0.9 of difflib, on characters.',
    ),
  trajectoryStatistics: z
    .enum(['trajectories', 'steps'])
    .default('trajectories')
    .describe('Whether each trajectory enters the statistics of the trajectory advantage once, or once per turn.'),
  divideByStandardDeviation: z.boolean().default(true).describe('Divide by the standard deviation in both parts.'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('Standard deviation with 1 (sample) or 0 (population) degrees of freedom removed.'),
  epsilon: z.number().min(0).default(1e-6).describe('Added to the standard deviation.'),
});

export type GigpoOptions = z.output<typeof gigpoOptions>;
