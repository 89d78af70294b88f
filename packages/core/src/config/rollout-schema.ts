import { z } from 'zod';

/** How trajectories are sampled. */
export const rolloutSchema = z.strictObject({
  questionsPerStep: z.int().min(1).default(16).describe('Questions of one training step.'),
  groupSize: z.int().min(1).default(8).describe('Trajectories sampled for each question.'),
  maxTurns: z.int().min(1).default(4).describe('Most policy turns of a trajectory; the last one may not search.'),
  temperature: z.number().min(0).default(1).describe('Sampling temperature; 0 is greedy.'),
  topP: z.number().gt(0).max(1).default(1).describe('Nucleus sampling; 1 turns it off.'),
  maxTokensPerTurn: z.int().min(1).default(64).describe('Most tokens of one policy turn.'),
  maxObservationTokens: z
    .int()
    .min(1)
    .default(512)
    .describe('Passages are left out, last first, until an observation fits.'),
  maxPassageTokens: z.int().min(1).default(128).describe('Each passage is cut to this many tokens.'),
  topK: z
    .int()
    .min(1)
    .optional()
    .describe("Passages a search brings. Default: the search plugin's `topK` option, 3 if it has none."),
  concurrency: z.int().min(1).default(128).describe('Trajectories in flight at once.'),
  timeoutSeconds: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe('Wall-clock limit of one trajectory; one that takes longer is not trained on. null: none.'),
  groupTimeoutSeconds: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe('Wall-clock limit of a group, from its first trajectory on; unfinished ones are ended. null: none.'),
  partialGroups: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('A group that ran out of time: train on those that finished, if two did, or on none of it.'),
  maxStaleness: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'Updates a sample may lie behind the one that learns from it. Above 0, rollouts of that many further steps, divided by training.epochs, overlap with updates.',
    ),
});

/** How held-out questions are answered. */
export const evaluationSchema = z.strictObject({
  temperature: z.number().min(0).default(0).describe('Sampling temperature; 0 is greedy.'),
  groupSize: z.int().min(1).default(1).describe('Trajectories sampled for each question.'),
});
