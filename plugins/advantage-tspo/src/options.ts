import { z } from 'zod';

/**
 * Options of the `tspo` advantage. What the public record of arXiv 2601.22776 says: advantages are computed at turn or
 * at trajectory level depending on the composition of the group, with a turn-level normalisation. Which composition
 * picks which level, and over what the normalisation runs, is not said. Rewards come from a reward plugin, usually
 * `folr`.
 */
export const tspoOptions = z.strictObject({
  level: z
    .strictObject({
      allWrong: z
        .enum(['turn', 'trajectory', 'off'])
        .default('turn')
        .describe(
          'Groups without a right answer: compare turn rewards (turn), the largest turn reward of each trajectory (trajectory), or learn nothing (off). INFERRED: turn.',
        ),
      mixed: z
        .enum(['trajectory', 'turn', 'turn-if-near-miss'])
        .default('trajectory')
        .describe(
          'Groups with right and wrong answers: exactly GRPO (trajectory), turn rewards, or turn rewards when some wrong trajectory saw gold. UNKNOWN.',
        ),
      allCorrect: z
        .enum(['trajectory', 'turn', 'off'])
        .default('trajectory')
        .describe('Groups where all are right; zeros unless outcomes are graded. UNKNOWN.'),
    })
    .prefault({})
    .describe('At which level a group is compared, by composition. KNOWN: it depends on the composition.'),
  mixedTrajectoryReward: z
    .enum(['outcome', 'latent'])
    .default('outcome')
    .describe(
      'What trajectories of a mixed group are compared by at trajectory level: the outcome, or the largest turn reward. latent praises the turn with the wrong answer. UNKNOWN; INFERRED: outcome.',
    ),
  statistics: z
    .enum(['turn-index', 'pooled-turns', 'pad-zero'])
    .default('turn-index')
    .describe(
      'What a turn reward is compared with: the same turn of the members that reached it; all turns of the group; or the same turn of all members, absent turns counting 0. UNKNOWN; INFERRED: turn-index.',
    ),
  baseline: z
    .enum(['mean', 'leave-one-out'])
    .default('mean')
    .describe('Subtract the mean of the set, or of its other members (unbiased). UNKNOWN.'),
  loneCell: z
    .enum(['zero', 'trajectory-fallback', 'raw'])
    .default('zero')
    .describe(
      'A turn only one member reached: nothing, the trajectory advantage (as AgileRL), or the reward itself (baseline 0, which keeps leave-one-out unbiased). UNKNOWN.',
    ),
  divideByStandardDeviation: z
    .boolean()
    .default(true)
    .describe('Divide by the standard deviation, at both levels. At turn level it cancels alpha. UNKNOWN.'),
  ddof: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe(
      'Standard deviation with 1 (sample) or 0 (population) degrees of freedom removed. UNKNOWN; INFERRED: 1, as in verl and TRL.',
    ),
  epsilon: z
    .number()
    .min(0)
    .default(1e-6)
    .describe('Added to the standard deviation. UNKNOWN; INFERRED: 1e-6, as in verl and Search-R1.'),
  allWrongScale: z
    .number()
    .min(0)
    .default(0.5)
    .describe(
      "Multiplies every advantage of an all-wrong group. Ours, not the paper's: keeps one near-miss from weighing as much as one right answer. 1 turns it off.",
    ),
  return: z
    .enum(['immediate', 'reward-to-go', 'discounted'])
    .default('immediate')
    .describe(
      'What a turn is credited with: its own value; the discounted sum of its and later rewards, summed before comparing; or that sum taken after comparing, as IGPO. The last favours stopping early, unless statistics is pad-zero. UNKNOWN; INFERRED: immediate.',
    ),
  gamma: z.number().min(0).max(1).default(1).describe('Discount per turn of the sums; in [0, 1]. UNKNOWN.'),
});

export type TspoOptions = z.output<typeof tspoOptions>;
