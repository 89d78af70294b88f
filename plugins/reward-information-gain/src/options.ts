import { z } from 'zod';

/** Options of the `information-gain` reward. */
export const informationGainOptions = z.strictObject({
  measure: z
    .enum(['log-probability', 'probability'])
    .default('log-probability')
    .describe(
      "What a turn raises: the mean log-probability of the gold answer's tokens (the paper), or its exponential (the authors' code).",
    ),
  aliases: z
    .enum(['first', 'best'])
    .default('first')
    .describe('Which gold answer is measured: the first, or the one the policy finds most probable at each point.'),
  answerPrefix: z
    .string()
    .default('<answer> ')
    .describe('What the policy would write before an answer; stands between what it has read and the gold answer.'),
  metric: z
    .enum(['exact-match', 'f1', 'contains'])
    .default('f1')
    .describe('How the final answer is scored; paid in the last turn. The paper uses F1.'),
  threshold: z.number().gt(0).max(1).default(1).describe('An answer counts as correct from this score on.'),
  unansweredReward: z
    .number()
    .default(0)
    .describe(
      "Outcome of a trajectory without an answer. The paper pays a negative constant it does not name; the authors' code -2.",
    ),
});

export type InformationGainOptions = z.output<typeof informationGainOptions>;
