import { z } from 'zod';
import { watchdogSchema } from './watchdog-schema.js';

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

const explore = z
  .number()
  .gt(0)
  .max(1)
  .default(0.1)
  .describe('Least weight of a question, so that none is forgotten; never asked ones weigh 1.');

/** Which questions are asked more often. */
const curriculumSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none').default('none').describe('Every question once in each pass.') }),
  z.strictObject({
    by: z.literal('signal').describe('Those whose groups taught the configured strategy something.'),
    explore,
  }),
  z.strictObject({
    by: z.literal('success').describe('Those whose share of correct trajectories is near a target.'),
    target: z.number().min(0).max(1).default(0.5).describe('The share that is wanted most.'),
    width: z.number().gt(0).default(0.25).describe('Standard deviation of the bell around the target.'),
    explore,
  }),
]);

const quarantineSchema = z.strictObject({
  strikes: z.int().min(1).default(3).describe('Visits in a row that went wrong after which a question is set aside.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('A visit went wrong when this share of its trajectories failed or ran out of context or time.'),
  most: z.number().gt(0).max(1).default(0.1).describe('Share of the questions; when more are set aside the run ends.'),
});

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
  curriculum: curriculumSchema.prefault({ by: 'none' }).describe('Which questions are asked more often.'),
  quarantine: quarantineSchema
    .nullable()
    .default(null)
    .describe('Sets aside questions that go wrong again and again. null: a reward that fails ends the run.'),
  watchdog: watchdogSchema.prefault({}).describe('Signs of a collapse, and what is done about them.'),
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
  trajectoriesEvery: z
    .int()
    .min(0)
    .default(1)
    .describe('Steps between those whose trajectories are recorded; 0: none.'),
  keepTrajectories: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Newest recorded steps whose trajectories stay; older ones go with each checkpoint. null: all stay.'),
});
