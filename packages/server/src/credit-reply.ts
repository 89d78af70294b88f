import { z } from 'zod';

const question = z.object({ id: z.string() });
const composition = z.enum(['all-wrong', 'mixed', 'all-correct']);
const level = z.enum(['turn', 'trajectory', 'none']).describe('none: nothing is learned from the group.');

const rewards = z.object({
  outcome: z.number().nullable().describe('null abstains: excluded from statistics, advantage zero.'),
  correct: z.boolean(),
  turns: z.array(z.number()).describe('One reward a turn.'),
  firstOccurrence: z.int().nullable().optional().describe('Turn, from 0, whose observation first held a gold answer.'),
  answered: z.boolean().optional(),
  reasons: z.array(z.string().nullable()).optional().describe('In words, why each turn got what it got.'),
  components: z.record(z.string(), z.number()).optional().describe('Named parts that were added up.'),
});

const advantages = z.object({
  composition,
  level,
  turns: z.array(z.array(z.number())).describe('[trajectory][turn]'),
});

/** Reply of `POST /v1/rewards`, in the order of the request. */
export const rewardsReply = z.object({
  strategy: z.string(),
  groups: z.array(z.object({ question, shaped: z.array(rewards) })),
});

/** Reply of `POST /v1/advantages`: `groups` for groups, `rows` for rows, in the order of the request. */
export const advantagesReply = z.union([
  z.object({
    strategy: z.string(),
    groups: z.array(z.object({ question, shaped: z.array(rewards), advantages })),
  }),
  z.object({
    strategy: z.string(),
    rows: z.array(z.object({ turns: z.array(z.number()) })),
    groups: z.array(z.object({ group: z.string(), composition, level })),
  }),
]);
