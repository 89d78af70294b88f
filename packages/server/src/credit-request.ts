import { recordedGroupSchema } from '@turnwise/core';
import { z } from 'zod';

const strategy = z.string().min(1).optional().describe("A strategy of the service. Default: the configuration's.");

/** Where a request may name the strategy besides its body. */
export const strategyQuery = z.object({ strategy });

const groups = z
  .array(recordedGroupSchema)
  .min(1, 'expected at least one group')
  .describe('Group lines as a run records them: question, trajectories and, once scored, shaped.');

/** Body of `POST /v1/rewards`. */
export const rewardsRequest = z.strictObject({ strategy, groups });

const row = z
  .strictObject({
    group: z
      .union([z.string().min(1), z.number()], 'expected text or a number')
      .transform(String)
      .describe('Rows with the same value were sampled for the same question.'),
    turns: z.array(z.number({ error: 'expected a number' })).describe('Reward of each turn, in order.'),
    outcome: z
      .number()
      .nullable()
      .optional()
      .describe(
        "The trajectory's outcome reward; null abstains. Default: the reward of the last turn, 0 without turns.",
      ),
    correct: z.boolean().optional().describe('Whether the answer is right. Default: outcome is 1 or more.'),
    answered: z.boolean().optional().describe('Whether the trajectory gave an answer.'),
  })
  .describe('One trajectory as numbers alone.');

/** A trajectory of which only the rewards are known. */
export type RewardRow = z.output<typeof row>;

/** Body of `POST /v1/advantages`: whole groups, or rows of numbers from a trainer that knows its rewards already. */
export const advantagesRequest = z.union(
  [
    z.strictObject({ strategy, groups }),
    z.strictObject({ strategy, rows: z.array(row).min(1, 'expected at least one row') }),
  ],
  'expected {"groups": [...]} or {"rows": [...]}',
);

export const rowsRequest = advantagesRequest.options[1];
export const groupsRequest = advantagesRequest.options[0];
