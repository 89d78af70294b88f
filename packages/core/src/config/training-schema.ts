import { z } from 'zod';

/** What becomes of groups in which every advantage is zero. */
const deadGroupsSchema = z.discriminatedUnion('policy', [
  z.strictObject({
    policy: z.literal('keep').default('keep').describe('They stay in the batch.'),
    countInDenominators: z.boolean().default(true).describe('Whether the loss is also divided by their tokens.'),
    regularise: z.boolean().default(true).describe('Whether KL penalty and entropy bonus apply to their tokens.'),
  }),
  z.strictObject({ policy: z.literal('mask').describe('Out of loss, KL, entropy and every denominator.') }),
  z.strictObject({ policy: z.literal('drop').describe('As if never sampled: advantages come from the others.') }),
  z.strictObject({
    policy: z.literal('refill').describe('Dropped, and further questions asked in their place.'),
    maxRounds: z.int().min(2).default(4).describe('Most rounds of questions in a step, the first included.'),
  }),
]);

/** The training loop. */
export const trainingSchema = z.strictObject({
  steps: z.int().min(1).default(100).describe('Training steps.'),
  learningRate: z.number().gt(0).default(1e-3).describe('Peak learning rate.'),
  warmupSteps: z.int().min(0).default(0).describe('Steps over which the rate rises linearly.'),
  schedule: z.enum(['constant', 'linear']).default('constant').describe('The rate after the warm-up; linear: to 0.'),
  weightDecay: z.number().min(0).default(0).describe('Decoupled weight decay of AdamW.'),
  maxGradientNorm: z.number().gt(0).nullable().default(1).describe('Gradients are scaled to this norm; null: never.'),
  epochs: z.int().min(1).default(1).describe('Updates made on each batch of rollouts.'),
  deadGroups: deadGroupsSchema.prefault({ policy: 'keep' }).describe('Groups in which every advantage is zero.'),
  evalEvery: z.int().min(0).default(10).describe('Steps between held-out evaluations; 0: before and after only.'),
  evalQuestions: z.int().min(1).optional().describe('Held-out questions used during training. Default: all.'),
  checkpointEvery: z.int().min(0).default(10).describe('Steps between checkpoints; 0: at the end only.'),
  keepCheckpoints: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Newest checkpoints that stay; older ones are removed. null: all stay.'),
  keepBest: z
    .strictObject({
      metric: z.string().min(1).default('eval/exact-match').describe('A key of metrics.jsonl.'),
      mode: z.enum(['max', 'min']).default('max').describe('Whether more or less of it is better.'),
    })
    .nullable()
    .default(null)
    .describe('A step that is the best so far gets a checkpoint, which stays beside the newest. null: none does.'),
});
